//! Random changes of a spec, of the kinds that people make and of those that nobody does.

use serde_json::{Value, json};

use super::values::{NAMES, TEXTS, form, values};

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

/// Where every value is, and where those are that have a description.
fn places(value: &Value, at: &str, found: &mut Vec<String>, described: &mut Vec<String>) {
    // What is in an example can only make it unfit.
    if at.contains("/example") {
        return;
    }
    found.push(at.to_owned());
    if value.get("description").is_some() {
        described.push(at.to_owned());
    }
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| places(value, &format!("{at}/{}", escape(key)), found, described));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| places(item, &format!("{at}/{index}"), found, described));
        }
        _ => {}
    }
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Changes one thing, and says what.
pub fn change(spec: &mut Value, dice: &mut Dice) -> String {
    let (mut all, mut described) = (Vec::new(), Vec::new());
    places(spec, "", &mut all, &mut described);
    let is_of_described = dice.below(4) > 0 && !described.is_empty();
    let at = dice.one_of::<String>(if is_of_described { &described } else { &all }).clone();
    match dice.below(16) {
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
        5 => require(spec, &at, dice),
        6 | 7 => reform(spec, &all, dice),
        8 => refer(spec, &all, dice),
        9 => reroute(spec, dice),
        10 => like_to_like(spec, &all, dice),
        11 => reword(spec, &all, dice),
        12 => answer_otherwise(spec, &all, dice),
        _ => {
            let (key, value) = values(dice);
            if let Some(object) = spec.pointer_mut(&at).and_then(Value::as_object_mut) {
                object.insert(key.to_owned(), value.clone());
            }
            format!("{at}/{key} = {value}")
        }
    }
}

/// One of the places whose pointer ends so.
fn one_ending<'a>(all: &'a [String], ends: &[&str], dice: &mut Dice) -> Option<&'a String> {
    let fitting: Vec<_> = all.iter().filter(|at| ends.iter().any(|end| at.ends_with(end))).collect();
    (!fitting.is_empty()).then(|| *dice.one_of(&fitting))
}

/// Gives a member, an item or a parameter another form.
fn reform(spec: &mut Value, all: &[String], dice: &mut Dice) -> String {
    let is_form = |at: &&String| {
        let parent = at.rsplit_once('/').map_or("", |(parent, _)| parent);
        parent.ends_with("/properties")
            || at.ends_with("/items")
            || at.ends_with("/schema") && at.contains("/parameters/")
    };
    let fitting: Vec<_> = all.iter().filter(is_form).collect();
    if fitting.is_empty() {
        return "nothing".to_owned();
    }
    let at = (*dice.one_of(&fitting)).clone();
    let new = form(dice);
    format!("{at} = {}", put(spec, &at, new))
}

/// Has a reference lead to another component, or a value be one.
fn refer(spec: &mut Value, all: &[String], dice: &mut Dice) -> String {
    let names: Vec<String> = match spec.pointer("/components/schemas") {
        Some(Value::Object(map)) => map.keys().cloned().collect(),
        _ => return "nothing".to_owned(),
    };
    if names.is_empty() {
        return "nothing".to_owned();
    }
    let target = format!("#/components/schemas/{}", escape(dice.one_of::<String>(&names)));
    let is_direct = dice.below(3) > 0;
    let ends: &[&str] =
        if is_direct { &["/$ref"] } else { &["/items", "/schema", "/additionalProperties", "/amount", "/id"] };
    let Some(at) = one_ending(all, ends, dice).cloned() else { return "nothing".to_owned() };
    let new = match (is_direct, dice.below(2)) {
        (true, _) => json!(target),
        (false, 0) => json!({"$ref": target}),
        (false, _) => json!({"description": "A part.", "allOf": [{"$ref": target}]}),
    };
    format!("{at} = {}", put(spec, &at, new))
}

/// Gives a path more or less segments and parameters.
fn reroute(spec: &mut Value, dice: &mut Dice) -> String {
    let Some(Value::Object(paths)) = spec.pointer_mut("/paths") else { return "nothing".to_owned() };
    let known: Vec<_> = paths.keys().cloned().collect();
    if known.is_empty() {
        return "nothing".to_owned();
    }
    let path = dice.one_of(&known).clone();
    let name = *dice.one_of(NAMES);
    let Some(mut item) = paths.remove(&path) else { return "nothing".to_owned() };
    let is_with_parameter = dice.below(2) == 0;
    let new = match dice.below(4) {
        0 => format!("{path}/{name}"),
        1 => path.rsplit_once('/').map_or("/", |(start, _)| start).to_owned(),
        _ => format!("{path}/{{{name}}}"),
    };
    if is_with_parameter {
        let parameter =
            json!({"name": name, "in": "path", "required": true, "description": "It.", "schema": form(dice)});
        for operation in item.as_object_mut().into_iter().flat_map(|item| item.values_mut()) {
            if let Some(operation) = operation.as_object_mut() {
                let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
                parameters.as_array_mut().into_iter().for_each(|all| all.push(parameter.clone()));
            }
        }
    }
    paths.insert(new.clone(), item);
    format!("the path {path} is {new:?}")
}

/// Copies a member, a parameter, an operation or a component to where there are others of its kind.
fn like_to_like(spec: &mut Value, all: &[String], dice: &mut Dice) -> String {
    let ends = *dice.one_of(&["/properties", "/parameters", "/paths", "/schemas", "/securitySchemes", "/x-webhooks"]);
    let (from, to) = (one_ending(all, &[ends], dice).cloned(), one_ending(all, &[ends], dice).cloned());
    let (Some(from), Some(to)) = (from, to) else { return "nothing".to_owned() };
    let name = *dice.one_of(NAMES);
    let copied = match spec.pointer(&from) {
        Some(Value::Object(map)) if !map.is_empty() => {
            let keys: Vec<_> = map.keys().collect();
            let key = *dice.one_of(&keys);
            let called = if dice.below(2) == 0 { key.clone() } else { name.to_owned() };
            Some((called, map[key].clone()))
        }
        Some(Value::Array(items)) if !items.is_empty() => Some((String::new(), dice.one_of(items).clone())),
        _ => None,
    };
    let Some((called, mut copied)) = copied else { return "nothing".to_owned() };
    // An operation keeps its right to a name of its own.
    for method in ["get", "post"] {
        if let Some(id) = copied.pointer_mut(&format!("/{method}/operationId")) {
            *id = json!(format!("{}_copy", id.as_str().unwrap_or_default()));
        }
    }
    match spec.pointer_mut(&to) {
        Some(Value::Object(map)) => drop(map.insert(called.clone(), copied)),
        Some(Value::Array(items)) => items.push(copied),
        _ => {}
    }
    format!("of {from} to {to} as {called:?}")
}

/// Writes another text for people.
fn reword(spec: &mut Value, all: &[String], dice: &mut Dice) -> String {
    let ends = ["/description", "/summary", "/title", "/x-guess", "/section", "/x-lost-reply"];
    let Some(at) = one_ending(all, &ends, dice).cloned() else { return "nothing".to_owned() };
    let text = *dice.one_of(TEXTS);
    let old = spec.pointer(&at).and_then(Value::as_str).unwrap_or_default();
    let new = if dice.below(2) == 0 { text.to_owned() } else { format!("{text} {old}") };
    format!("{at} = {}", put(spec, &at, json!(new)))
}

/// Gives a reply another status or media type, or a body another media type.
fn answer_otherwise(spec: &mut Value, all: &[String], dice: &mut Dice) -> String {
    let ends = *dice.one_of(&["/responses", "/content"]);
    let Some(at) = one_ending(all, &[ends], dice).cloned() else { return "nothing".to_owned() };
    let new = match ends {
        "/responses" => *dice.one_of(&["200", "201", "202", "204", "302", "400", "4XX", "default", "2XX"]),
        _ => *dice.one_of(&[
            "application/json",
            "application/x-www-form-urlencoded",
            "image/svg+xml",
            "text/plain",
            "application/problem+json",
            "*/*",
        ]),
    };
    let Some(Value::Object(map)) = spec.pointer_mut(&at) else { return "nothing".to_owned() };
    let Some(key) = map.keys().next().cloned() else { return "nothing".to_owned() };
    let value = map.remove(&key).unwrap_or_default();
    map.insert(new.to_owned(), value);
    format!("{at}/{key} is {new}")
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

/// What is required becomes optional, or the other way round.
fn require(spec: &mut Value, at: &str, dice: &mut Dice) -> String {
    let Some(object) = spec.pointer_mut(at).and_then(Value::as_object_mut) else { return "nothing".to_owned() };
    let members: Vec<_> =
        object.get("properties").and_then(Value::as_object).into_iter().flat_map(|map| map.keys()).collect();
    let other = (!members.is_empty()).then(|| (*dice.one_of(&members)).clone());
    match (object.get_mut("required"), other) {
        (Some(Value::Array(names)), Some(other)) if dice.below(2) == 0 && !names.contains(&json!(other)) => {
            names.push(json!(other));
            return format!("{at} requires {other:?}");
        }
        (Some(Value::Array(names)), _) => drop(names.pop()),
        (Some(other), _) => *other = json!(false),
        (None, Some(other)) => drop(object.insert("required".to_owned(), json!([other]))),
        (None, None) => {}
    }
    format!("{at} requires more or less")
}
