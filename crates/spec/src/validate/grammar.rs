//! The part of OpenAPI 3.0 that specs use, with our extensions: which keys stand where, and what their values are.

use crate::named::named;

named! {
    /// What an object of a spec is.
    pub enum Kind {
        /// The document itself.
        Root = "document",
        Info = "info",
        Contact = "contact",
        License = "license",
        Server = "server",
        Tag = "tag",
        PathItem = "path",
        Operation = "operation",
        /// The path item of a webhook.
        WebhookItem = "entry of x-webhooks",
        /// The operation of a webhook.
        Webhook = "webhook",
        Parameter = "parameter",
        RequestBody = "request body",
        Response = "response",
        MediaType = "media type",
        Example = "entry of examples",
        Components = "components",
        /// A schema with a name of its own.
        Component = "schema component",
        /// A schema that is an object's member.
        Property = "property",
        /// Any other schema.
        Schema = "schema",
        SecurityScheme = "security scheme",
        Source = "x-source",
        Signature = "x-signature",
        /// An entry of a signature's `joined`.
        SignaturePart = "entry of joined",
        Envelope = "x-envelope",
        Discriminator = "discriminator",
        /// An entry of an envelope's `failures`.
        FailureRule = "entry of failures",
        /// An entry of `x-limits`.
        LimitRule = "entry of x-limits",
        Split = "x-split",
        /// An operation that `x-split` makes of another.
        SplitOperation = "operation of x-split",
    }
}

/// Every kind of schema.
pub const SCHEMAS: &[Kind] = &[Kind::Component, Kind::Property, Kind::Schema];

/// Every kind of operation.
pub const OPERATIONS: &[Kind] = &[Kind::Operation, Kind::Webhook];

/// What a key's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Any,
    Text,
    Bool,
    /// An integer that is not negative.
    Count,
    Number,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of texts.
    Texts,
    /// An object whose values are texts.
    TextMap,
    /// A list with at least one value.
    Values,
    Object(Kind),
    /// A list of objects.
    Objects(Kind),
    /// An object whose values are objects.
    Map(Kind),
    /// `true`, `false` or an object.
    BoolOr(Kind),
    /// Security requirements: a list of maps from a scheme's name to an empty list.
    Requirements,
}

/// A key that an object may have.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// What its value is.
    pub shape: Shape,
    /// Whether OpenAPI requires it.
    pub required: bool,
}

const fn may(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, required: false }
}

const fn must(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, required: true }
}

use Shape::{Any, Bool, BoolOr, Count, Map, Number, Object, Objects, Requirements, Text, TextMap, Texts, Values, Word};

const SCHEMA: [Key; 26] = [
    may("type", Word(&["object", "array", "string", "integer", "number", "boolean"])),
    may("format", Text),
    may("description", Text),
    may("nullable", Bool),
    may("enum", Values),
    may("required", Texts),
    may("properties", Map(Kind::Property)),
    may("additionalProperties", BoolOr(Kind::Schema)),
    may("items", Object(Kind::Schema)),
    may("allOf", Objects(Kind::Schema)),
    may("oneOf", Objects(Kind::Schema)),
    may("discriminator", Object(Kind::Discriminator)),
    may("minimum", Number),
    may("maximum", Number),
    may("minLength", Count),
    may("maxLength", Count),
    may("minItems", Count),
    may("maxItems", Count),
    may("minProperties", Count),
    may("maxProperties", Count),
    may("pattern", Text),
    may("example", Any),
    may("x-guess", Text),
    may("x-extensible-enum", Texts),
    may("x-content-media-type", Text),
    may("x-any", Bool),
];

const PROPERTY: [Key; 30] = {
    let mut keys = [may("x-credential", Text); 30];
    keys[27] = may("x-compared", Bool);
    keys[28] = may("x-limits", Objects(Kind::LimitRule));
    keys[29] = may("x-signature", Object(Kind::Signature));
    let mut index = 0;
    while index < SCHEMA.len() {
        keys[index] = SCHEMA[index];
        index += 1;
    }
    keys
};

const ROOT: &[Key] = &[
    may("openapi", Text),
    must("info", Object(Kind::Info)),
    may("servers", Objects(Kind::Server)),
    may("tags", Objects(Kind::Tag)),
    may("security", Requirements),
    may("x-envelope", Object(Kind::Envelope)),
    must("paths", Map(Kind::PathItem)),
    may("x-webhooks", Map(Kind::WebhookItem)),
    may("components", Object(Kind::Components)),
];
const INFO: &[Key] = &[
    must("title", Text),
    must("version", Text),
    may("description", Text),
    may("license", Object(Kind::License)),
    may("contact", Object(Kind::Contact)),
    may("x-guess", Text),
];
const CONTACT: &[Key] = &[may("name", Text), may("url", Text), may("email", Text)];
const LICENSE: &[Key] = &[must("name", Text), may("url", Text)];
const SERVER: &[Key] = &[must("url", Text), may("description", Text)];
const TAG: &[Key] = &[must("name", Text), may("description", Text)];
const PATH_ITEM: &[Key] = &[
    may("get", Object(Kind::Operation)),
    may("post", Object(Kind::Operation)),
    may("put", Object(Kind::Operation)),
    may("patch", Object(Kind::Operation)),
    may("delete", Object(Kind::Operation)),
];
const OPERATION: &[Key] = &[
    may("operationId", Text),
    may("summary", Text),
    may("description", Text),
    may("tags", Texts),
    may("security", Requirements),
    may("parameters", Objects(Kind::Parameter)),
    may("requestBody", Object(Kind::RequestBody)),
    must("responses", Map(Kind::Response)),
    may("x-source", Object(Kind::Source)),
    may("x-guess", Text),
    may("x-idempotency", Text),
    may("x-idempotency-key", Text),
    may("x-lost-reply", Text),
    may("x-envelope", Object(Kind::Envelope)),
    may("x-split", Object(Kind::Split)),
    may("x-alternative-to", Text),
    may("x-alternative-paths", Texts),
];
const WEBHOOK_ITEM: &[Key] =
    &[may("post", Object(Kind::Webhook)), may("get", Any), may("put", Any), may("patch", Any), may("delete", Any)];
const WEBHOOK: &[Key] = &[
    may("operationId", Text),
    may("summary", Text),
    may("description", Text),
    may("tags", Texts),
    may("security", Requirements),
    may("requestBody", Object(Kind::RequestBody)),
    may("responses", Map(Kind::Response)),
    may("x-source", Object(Kind::Source)),
    may("x-guess", Text),
];
const PARAMETER: &[Key] = &[
    must("name", Text),
    must("in", Word(&["path", "query", "header", "cookie"])),
    may("required", Bool),
    may("description", Text),
    must("schema", Object(Kind::Schema)),
    may("example", Any),
    may("examples", Map(Kind::Example)),
    may("explode", Bool),
    may("x-credential", Text),
    may("x-path-rest", Bool),
];
const REQUEST_BODY: &[Key] = &[may("required", Bool), may("description", Text), must("content", Map(Kind::MediaType))];
const RESPONSE: &[Key] = &[may("description", Text), may("content", Map(Kind::MediaType)), may("x-guess", Text)];
const MEDIA_TYPE: &[Key] =
    &[must("schema", Object(Kind::Schema)), may("example", Any), may("examples", Map(Kind::Example))];
const EXAMPLE: &[Key] = &[may("summary", Text), may("description", Text), must("value", Any)];
const COMPONENTS: &[Key] = &[
    may("securitySchemes", Map(Kind::SecurityScheme)),
    may("parameters", Map(Kind::Parameter)),
    may("requestBodies", Map(Kind::RequestBody)),
    may("responses", Map(Kind::Response)),
    may("schemas", Map(Kind::Component)),
];
const SECURITY_SCHEME: &[Key] = &[
    must("type", Word(&["apiKey", "http", "oauth2", "openIdConnect"])),
    may("description", Text),
    may("name", Text),
    may("in", Word(&["header", "query", "cookie"])),
    may("scheme", Text),
    may("x-credential", Text),
    may("x-password", Text),
    may("x-session", Text),
    may("x-signature", Object(Kind::Signature)),
];
const SOURCE: &[Key] = &[may("document", Text), may("section", Text), may("read", Text)];
const SIGNATURE: &[Key] = &[
    must("algorithm", Word(&["hmac-sha256", "sha512"])),
    must("digits", Word(&["lower-hex", "upper-hex"])),
    must("joined", Objects(Kind::SignaturePart)),
];
const SIGNATURE_PART: &[Key] =
    &[may("body", Bool), may("member", Text), may("credential", Text), may("description", Text)];
const ENVELOPE: &[Key] = &[
    may("flag", Texts),
    may("success", Values),
    may("failure", Values),
    may("flag-optional", Bool),
    may("flag-stays", Bool),
    may("error", Texts),
    may("status-is-conclusive", Bool),
    may("empty", Bool),
    may("message", Texts),
    may("code", Texts),
    may("data", Text),
    may("lift", Texts),
    may("lift-from", Text),
    may("failures", Objects(Kind::FailureRule)),
    may("x-guess", Text),
];
const FAILURE_RULE: &[Key] =
    &[may("message-contains", Text), may("code", Text), may("kind", Text), may("conclusive", Bool)];
const DISCRIMINATOR: &[Key] = &[must("propertyName", Text), must("mapping", TextMap)];
const LIMIT_RULE: &[Key] = &[must("member", Text), must("words", Texts), may("minimum", Count), may("maximum", Count)];
const SPLIT: &[Key] = &[may("parameter", Text), may("operations", Map(Kind::SplitOperation))];
const SPLIT_OPERATION: &[Key] = &[
    may("operationId", Text),
    may("summary", Text),
    may("description", Text),
    may("reply", Text),
    may("x-idempotency", Text),
    may("x-source", Object(Kind::Source)),
];

impl Kind {
    /// The section of the components that a `$ref` in its place may point into.
    pub fn section(self) -> Option<&'static str> {
        match self {
            Self::Component | Self::Property | Self::Schema => Some("schemas"),
            Self::Parameter => Some("parameters"),
            Self::RequestBody => Some("requestBodies"),
            Self::Response => Some("responses"),
            _ => None,
        }
    }

    /// The keys it may have.
    pub fn keys(self) -> &'static [Key] {
        match self {
            Self::Root => ROOT,
            Self::Info => INFO,
            Self::Contact => CONTACT,
            Self::License => LICENSE,
            Self::Server => SERVER,
            Self::Tag => TAG,
            Self::PathItem => PATH_ITEM,
            Self::Operation => OPERATION,
            Self::WebhookItem => WEBHOOK_ITEM,
            Self::Webhook => WEBHOOK,
            Self::Parameter => PARAMETER,
            Self::RequestBody => REQUEST_BODY,
            Self::Response => RESPONSE,
            Self::MediaType => MEDIA_TYPE,
            Self::Example => EXAMPLE,
            Self::Components => COMPONENTS,
            Self::SecurityScheme => SECURITY_SCHEME,
            Self::Source => SOURCE,
            Self::Signature => SIGNATURE,
            Self::SignaturePart => SIGNATURE_PART,
            Self::Envelope => ENVELOPE,
            Self::FailureRule => FAILURE_RULE,
            Self::Discriminator => DISCRIMINATOR,
            Self::LimitRule => LIMIT_RULE,
            Self::Split => SPLIT,
            Self::SplitOperation => SPLIT_OPERATION,
            Self::Component | Self::Schema => &SCHEMA,
            Self::Property => &PROPERTY,
        }
    }

    /// One of its keys.
    pub fn key(self, name: &str) -> Option<&'static Key> {
        self.keys().iter().find(|key| key.name == name)
    }
}

/// Keys of OpenAPI and of JSON Schema that the generator cannot honour, and what to write instead.
pub const UNSUPPORTED: &[(&str, &str)] = &[
    ("anyOf", "write the type of the sample and a format that reads both"),
    ("not", "describe what is allowed"),
    ("default", "say it in the description; a key that is always sent is a required one"),
    ("externalDocs", "name the document in `x-source`"),
    ("termsOfService", "leave it out"),
    ("variables", "write the whole address as `url`"),
    ("callbacks", "describe notifications in `x-webhooks`"),
    ("webhooks", "that is OpenAPI 3.1; write `x-webhooks`"),
    ("jsonSchemaDialect", "that is OpenAPI 3.1; leave it out"),
    ("pathItems", "that is OpenAPI 3.1; leave it out"),
    ("links", "say it in the description"),
    ("headers", "say it in the description"),
    ("encoding", "leave it out"),
    ("style", "leave it out; only the default styles are generated"),
    ("allowReserved", "use `x-path-rest` where a path value may contain `/`"),
    ("allowEmptyValue", "leave it out"),
    ("deprecated", "say it in the description"),
    ("readOnly", "write one component for requests and one for replies"),
    ("writeOnly", "write one component for requests and one for replies"),
    ("xml", "leave it out"),
    ("title", "say it in the description"),
    ("exclusiveMinimum", "write the inclusive `minimum`"),
    ("exclusiveMaximum", "write the inclusive `maximum`"),
    ("multipleOf", "say it in the description"),
    ("uniqueItems", "say it in the description"),
    ("const", "that is OpenAPI 3.1; write `enum` with one value"),
    ("examples", "write `example`"),
    ("externalValue", "write the example as `value`"),
    ("contentMediaType", "that is OpenAPI 3.1; write `x-content-media-type`"),
    ("contentSchema", "that is OpenAPI 3.1; write `oneOf: [{type: string, x-content-media-type: …}, {$ref: …}]`"),
    ("contentEncoding", "that is OpenAPI 3.1; say it in the description"),
    ("prefixItems", "that is OpenAPI 3.1; write `items`"),
    ("contains", "that is OpenAPI 3.1; leave it out"),
    ("patternProperties", "that is OpenAPI 3.1; write `additionalProperties`"),
    ("propertyNames", "that is OpenAPI 3.1; leave it out"),
    ("unevaluatedProperties", "that is OpenAPI 3.1; leave it out"),
    ("dependentRequired", "that is OpenAPI 3.1; say it in the description"),
    ("if", "that is OpenAPI 3.1; say it in the description"),
    ("then", "that is OpenAPI 3.1; say it in the description"),
    ("else", "that is OpenAPI 3.1; say it in the description"),
    ("$defs", "that is OpenAPI 3.1; write a component"),
    ("$schema", "that is OpenAPI 3.1; leave it out"),
    ("$id", "that is OpenAPI 3.1; leave it out"),
    ("$comment", "that is OpenAPI 3.1; write a YAML comment"),
    ("flows", "only `apiKey` and `http` with `bearer` or `basic` are generated"),
    ("openIdConnectUrl", "only `apiKey` and `http` with `bearer` or `basic` are generated"),
    ("bearerFormat", "say it in the description"),
    ("parameters", "give each operation its own parameters, by `$ref` where they are shared"),
    ("servers", "write the servers at the top of the document"),
    ("content", "write `schema`"),
    ("head", "only get, post, put, patch and delete are generated"),
    ("options", "only get, post, put, patch and delete are generated"),
    ("trace", "only get, post, put, patch and delete are generated"),
];
