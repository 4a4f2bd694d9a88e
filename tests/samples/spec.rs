//! The documented samples, read from the specs.
//!
//! The specs are read here by themselves and not through the generator's model, so that a mistake of the generator cannot
//! hide itself. Whatever is missing in a spec is a panic: these are tests.

use gerbang_spec::specs;
use gerbang_spec::yaml::Document;
use serde_json::{Map, Value};

/// A spec and its name.
#[derive(Debug)]
pub struct Spec {
    /// The file's stem: `kropay`, `pakasir-v1`.
    pub name: String,
    /// The crate's directory: `kropay`, `pakasir`.
    pub provider: String,
    /// The module of the crate, where a provider has several APIs: `v1`.
    pub module: Option<String>,
    /// Its content.
    pub document: Document,
}

/// An operation that is a method of a client.
#[derive(Debug)]
pub struct Operation {
    /// The method's name.
    pub id: String,
    /// How its replies distinguish success from failure.
    pub envelope: Envelope,
    /// The component that the caller fills in.
    pub body: Option<String>,
    /// The component of a successful JSON reply; none for other media types.
    pub reply: Option<String>,
    /// The media type of a successful reply.
    pub media: String,
    /// The status of a successful reply.
    pub status: u16,
    /// All documented JSON replies, those of failures too.
    pub samples: Vec<Sample>,
}

/// A notification.
#[derive(Debug)]
pub struct Notification {
    /// The reading function's name.
    pub id: String,
    /// The component of the body.
    pub body: String,
    /// All documented bodies.
    pub samples: Vec<Sample>,
}

/// A documented body.
#[derive(Debug)]
pub struct Sample {
    /// Which of several it is; empty for an only one.
    pub name: String,
    /// The HTTP status of a reply. A range means its first: `4XX` is 400.
    pub status: u16,
    /// Whether it is the reply of a call that succeeded.
    pub success: bool,
    /// The body.
    pub value: Value,
}

/// The `x-envelope` of an operation: the document's, with the operation's own keys over it.
#[derive(Debug, Default)]
pub struct Envelope(Map<String, Value>);

impl Envelope {
    /// The values of a key, such as `flag` or `success`.
    pub fn list(&self, key: &str) -> &[Value] {
        self.0.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The members that may be the flag.
    pub fn flags(&self) -> Vec<&str> {
        self.list("flag").iter().filter_map(Value::as_str).collect()
    }

    /// The value of a key that names a member, such as `data`.
    pub fn member(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(Value::as_str)
    }

    /// Whether a key is true, such as `flag-optional`.
    pub fn is(&self, key: &str) -> bool {
        self.0.get(key) == Some(&Value::Bool(true))
    }

    /// Whether a reply that came with a success status says success.
    fn succeeds(&self, reply: &Value) -> bool {
        match self.flags().iter().find_map(|flag| reply.get(flag)) {
            Some(flag) => self.list("success").contains(flag),
            None => self.list("flag").is_empty() || self.is("flag-optional"),
        }
    }
}

impl Spec {
    /// All specs of the workspace.
    pub fn all() -> Vec<Self> {
        let found = specs::find(&specs::workspace().join("specs"), &[]).expect("the specs can be listed");
        let load = |spec: specs::Spec| Self {
            document: Document::load(&spec.path, &spec.display_name()).expect("the spec can be read"),
            provider: spec.provider().to_owned(),
            module: spec.module().map(str::to_owned),
            name: spec.name,
        };
        found.into_iter().map(load).collect()
    }

    /// A component's schema.
    pub fn component(&self, name: &str) -> Option<&Value> {
        self.document.value["components"]["schemas"].get(name)
    }

    /// What a `$ref`, and an `allOf` of one, lead to.
    pub fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        if let Some(target) = value["$ref"].as_str() {
            return self.resolve(self.document.get(&target[1..]).expect("the $ref leads somewhere"));
        }
        value["allOf"].get(0).map_or(value, |inner| self.resolve(inner))
    }

    /// The operations, by path; a split one is several, an alternative spelling none.
    pub fn operations(&self) -> Vec<Operation> {
        let items = self.document.value["paths"].as_object().expect("there are paths").values();
        let methods = items.flat_map(|item| item.as_object().expect("a path item is an object").values());
        let methods = methods.filter(|operation| operation.get("x-alternative-to").is_none());
        methods.flat_map(|operation| self.split(operation)).collect()
    }

    fn split(&self, operation: &Value) -> Vec<Operation> {
        let Some(parts) = operation["x-split"]["operations"].as_object() else {
            return vec![self.operation(operation, &operation["operationId"], None)];
        };
        let part = |(value, part): (&String, &Value)| {
            let mut one = self.operation(operation, &part["operationId"], part["reply"].as_str());
            one.samples.retain(|sample| !sample.success || sample.name == *value);
            one
        };
        parts.iter().map(part).collect()
    }

    fn operation(&self, operation: &Value, id: &Value, reply: Option<&str>) -> Operation {
        let mut envelope = self.document.value["x-envelope"].as_object().cloned().unwrap_or_default();
        envelope.extend(operation["x-envelope"].as_object().cloned().unwrap_or_default());
        let envelope = Envelope(envelope);
        let responses = operation["responses"].as_object().expect("there are responses");
        let mut samples = Vec::new();
        for (status, response) in responses {
            let status = status.replace('X', "0").parse().expect("a status is a number");
            for (name, value) in examples(&self.resolve(response)["content"]["application/json"]) {
                let success = status < 300 && envelope.succeeds(&value);
                samples.push(Sample { name, status, success, value });
            }
        }
        let (status, response) = responses.iter().find(|(status, _)| status.starts_with('2')).expect("one succeeds");
        let (media, content) = only(&self.resolve(response)["content"]);
        let schema = content["schema"]["oneOf"].get(0).unwrap_or(&content["schema"]);
        let body =
            operation["requestBody"]["content"].is_object().then(|| only(&operation["requestBody"]["content"]).1);
        Operation {
            id: id.as_str().expect("an operation has a name").to_owned(),
            envelope,
            body: body.and_then(|body| component_name(&body["schema"])),
            reply: reply.map(str::to_owned).or_else(|| component_name(schema)),
            media: media.to_owned(),
            status: status.parse().expect("a success has one status"),
            samples,
        }
    }

    /// The notifications, by name.
    pub fn notifications(&self) -> Vec<Notification> {
        let items = self.document.value["x-webhooks"].as_object().into_iter().flat_map(Map::values);
        let notification = |item: &Value| {
            let (_, content) = only(&item["post"]["requestBody"]["content"]);
            let sample = |(name, value)| Sample { name, status: 0, success: true, value };
            Notification {
                id: item["post"]["operationId"].as_str().expect("a notification has a name").to_owned(),
                body: component_name(&content["schema"]).expect("a notification is a component"),
                samples: examples(content).into_iter().map(sample).collect(),
            }
        };
        items.map(notification).collect()
    }
}

/// The component that a schema is a `$ref` to.
pub fn component_name(schema: &Value) -> Option<String> {
    schema["$ref"].as_str()?.strip_prefix("#/components/schemas/").map(str::to_owned)
}

/// The `example` or the `examples` of a media type.
fn examples(content: &Value) -> Vec<(String, Value)> {
    let several = content["examples"].as_object().into_iter().flatten();
    let several = several.map(|(name, example)| (name.clone(), example["value"].clone()));
    content.get("example").map(|example| (String::new(), example.clone())).into_iter().chain(several).collect()
}

/// The only member of an object.
fn only(map: &Value) -> (&str, &Value) {
    let map = map.as_object().expect("an object");
    assert_eq!(map.len(), 1, "one media type is expected");
    map.iter().next().map(|(name, value)| (name.as_str(), value)).expect("one member")
}
