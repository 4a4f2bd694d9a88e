//! Random changes of a spec, of the kinds that people make and of those that nobody does.

use gerbang_spec::format::Format;
use serde_json::{Value, json};

/// Numbers that look random and are the same each time (splitmix64).
pub struct Dice(u64);

impl Dice {
    /// Those of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below another.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ mixed >> 31) % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    /// One of several.
    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Names that mean something elsewhere, or nothing anywhere.
const NAMES: &[&str] = &[
    "orderId",
    "order_id",
    "order-id",
    "id",
    "ID",
    "Id",
    "new",
    "clone",
    "self",
    "Self",
    "type",
    "gen",
    "move",
    "3ds",
    "+1",
    "-1",
    "1",
    "",
    " ",
    "é",
    "ß",
    "'",
    "a.b",
    "a[b]",
    "body",
    "options",
    "request",
    "operations",
    "types",
    "given",
    "client",
    "with_api_key",
    "api_key",
    "payment_unverified",
    "create_payment_with",
    "String",
    "Option",
    "Into",
    "Result",
    "Vec",
    "Box",
    "RA",
    "new_payment",
    "QRCode",
    "Payment2",
    "Rupiah",
    "Error",
    "Client",
    "Credentials",
    "CreatePaymentRequired",
    "CreatePaymentOptions",
    "check_limits",
    "from_env",
    "all",
    "ALL",
    "envelope",
    "check",
    "optional",
    "Default",
    "Ok",
    "least_amount",
    "amount",
    "Amount",
    "__private",
    "a__b",
    "_",
    "__",
    "r#type",
    "crate",
    "super",
    "async",
    "try",
    "dyn",
    "\u{202e}",
    "\u{0}",
    "a\nb",
    "{id}",
    "/",
    "~",
    "Host",
    "x y",
];

/// Values for a key of a schema or an operation.
fn values(dice: &mut Dice) -> (&'static str, Value) {
    let number = *dice.one_of(&[0, 1, -1, 5, 1000, i64::MAX, i64::MIN, 4_294_967_296]);
    let format = dice.one_of(&Format::ALL).name();
    let kind = *dice.one_of(&["string", "integer", "number", "boolean", "object", "array"]);
    let name = *dice.one_of(NAMES);
    let all: [(&str, Value); 24] = [
        ("minimum", json!(number)),
        ("maximum", json!(number)),
        ("minLength", json!(number)),
        ("maxLength", json!(number)),
        ("minimum", json!(1.5)),
        ("format", json!(format)),
        ("format", json!(format)),
        ("type", json!(kind)),
        ("nullable", json!(true)),
        ("required", json!([])),
        ("x-compared", json!(true)),
        ("x-credential", json!(name)),
        ("x-credential", json!("api_key")),
        ("x-session", json!("login")),
        ("additionalProperties", json!(true)),
        ("items", json!({"type": kind, "description": "An item."})),
        ("x-extensible-enum", json!([name, "paid", "PAID_OFF"])),
        ("enum", json!([name])),
        ("x-path-rest", json!(true)),
        ("in", json!("query")),
        ("security", json!([])),
        ("x-guess", json!("Nobody says what this is.")),
        ("x-envelope", json!({"empty": true, "data": "data"})),
        ("allOf", json!([{"$ref": "#/components/schemas/Failure"}])),
    ];
    all[dice.below(all.len())].clone()
}

/// Where every value is.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| places(value, &format!("{at}/{}", escape(key)), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| places(item, &format!("{at}/{index}"), found));
        }
        _ => {}
    }
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Changes one thing, and says what.
pub fn change(spec: &mut Value, dice: &mut Dice) -> String {
    let mut all = Vec::new();
    places(spec, "", &mut all);
    // What is in an example can only make it unfit.
    all.retain(|at| !at.contains("/example"));
    let is_described = |at: &&String| spec.pointer(at).is_some_and(|value| value.get("description").is_some());
    let described: Vec<_> = all.iter().filter(is_described).cloned().collect();
    let is_of_described = dice.below(4) > 0 && !described.is_empty();
    let at = dice.one_of(if is_of_described { &described } else { &all }).clone();
    match dice.below(8) {
        0 => {
            let new = replacement(dice);
            format!("{at} = {}", put(spec, &at, new))
        }
        1 => {
            let from = dice.one_of(&all).clone();
            let new = spec.pointer(&from).cloned().unwrap_or_default();
            put(spec, &at, new);
            format!("{at} = what is at {from}")
        }
        2 => remove(spec, &at),
        3 | 4 => rename(spec, &at, dice),
        5 => require(spec, &at),
        _ => {
            let (key, value) = values(dice);
            if let Some(object) = spec.pointer_mut(&at).and_then(Value::as_object_mut) {
                object.insert(key.to_owned(), value.clone());
            }
            format!("{at}/{key} = {value}")
        }
    }
}

fn replacement(dice: &mut Dice) -> Value {
    let name = *dice.one_of(NAMES);
    let all =
        [json!(name), json!(null), json!(true), json!(0), json!(-1), json!([]), json!({}), json!(1.5), json!([name])];
    all[dice.below(all.len())].clone()
}

fn put(spec: &mut Value, at: &str, new: Value) -> String {
    let text = new.to_string();
    if let Some(value) = spec.pointer_mut(at) {
        *value = new;
    }
    text
}

fn remove(spec: &mut Value, at: &str) -> String {
    let (parent, key) = at.rsplit_once('/').unwrap_or(("", at));
    match spec.pointer_mut(parent) {
        Some(Value::Object(map)) => drop(map.remove(&key.replace("~1", "/").replace("~0", "~"))),
        Some(Value::Array(items)) => {
            if let Ok(index) = key.parse::<usize>() {
                items.remove(index);
            }
        }
        _ => {}
    }
    format!("{at} removed")
}

/// Gives a key another name, or the same value a second one; whatever refers to it follows.
fn rename(spec: &mut Value, at: &str, dice: &mut Dice) -> String {
    let (parent, key) = at.rsplit_once('/').unwrap_or(("", at));
    let key = key.replace("~1", "/").replace("~0", "~");
    let new = *dice.one_of(NAMES);
    let is_copy = dice.below(3) == 0;
    let Some(Value::Object(map)) = spec.pointer_mut(parent) else { return String::from("nothing") };
    let Some(value) = (if is_copy { map.get(&key).cloned() } else { map.remove(&key) }) else {
        return "nothing".to_owned();
    };
    map.insert(new.to_owned(), value);
    if !is_copy {
        let is_component = parent == "/components/schemas";
        follow(spec, &key, new, is_component);
    }
    format!("{at} {} {new:?}", if is_copy { "copied to" } else { "renamed to" })
}

/// What names a thing names it by its new name: references to a component, the required ones of an object.
fn follow(value: &mut Value, old: &str, new: &str, is_component: bool) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get_mut("$ref")
                && is_component
                && *reference == format!("#/components/schemas/{old}")
            {
                *reference = format!("#/components/schemas/{}", escape(new));
            }
            if let Some(Value::Array(required)) = map.get_mut("required") {
                required.iter_mut().filter(|name| !is_component && **name == old).for_each(|name| *name = json!(new));
            }
            // Samples have the name as well.
            for (key, inner) in map.iter_mut() {
                if let ("example" | "value", Value::Object(sample)) = (key.as_str(), &mut *inner)
                    && !is_component
                    && let Some(value) = sample.remove(old)
                {
                    sample.insert(new.to_owned(), value);
                }
                follow(inner, old, new, is_component);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| follow(item, old, new, is_component)),
        _ => {}
    }
}

/// What is required becomes optional.
fn require(spec: &mut Value, at: &str) -> String {
    if let Some(object) = spec.pointer_mut(at).and_then(Value::as_object_mut)
        && let Some(required) = object.get_mut("required")
    {
        match required {
            Value::Array(names) => drop(names.pop()),
            other => *other = json!(false),
        }
    }
    format!("{at} requires less")
}
