//! Components: what is sent is made by `new` and setters, what is received is only read, a set of words is an enum.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::rust_type::{of_member, wire};
use super::{Found, users};
use gerbang_spec::generate::is_positional;
use gerbang_spec::model::{Bound, Choice, Limit, Model, When, Words};
use gerbang_spec::naming::pascal;

/// Compares two states of a spec.
pub fn compare(old: &Model, new: &Model, found: &mut Found) {
    let (was_used, is_used) = (users(old), users(new));
    // Optional parameters are compared as parameters of their operation.
    let options: BTreeSet<_> =
        old.operations.iter().chain(&new.operations).filter_map(|operation| operation.options.as_ref()).collect();
    let names: BTreeSet<_> = old.schemas.keys().chain(new.schemas.keys()).collect();
    for name in names.difference(&options).copied() {
        let users = [&was_used, &is_used].into_iter().filter_map(|users| users.get(name)).flatten();
        let users: Vec<_> = users.collect::<BTreeSet<_>>().into_iter().cloned().collect();
        found.about(name);
        let mut of = Component { name, users, found };
        match (old.schemas.contains_key(name), new.schemas.contains_key(name)) {
            (true, false) => of.add("type-removed", format!("the type `{name}`")),
            (false, true) => of.add("type-added", format!("the type `{name}`")),
            _ => of.compare(old, new),
        }
    }
}

/// A component that both states have, and who uses it.
struct Component<'a, 'b> {
    name: &'a str,
    users: Vec<String>,
    found: &'a mut Found<'b>,
}

impl Component<'_, '_> {
    fn add(&mut self, rule: &str, what: String) {
        self.found.add_reached(rule, what, self.users.clone());
    }

    fn compare(&mut self, old: &Model, new: &Model) {
        let name = self.name;
        let is_alike = old.requests.contains(name) == new.requests.contains(name)
            && old.words.contains_key(name) == new.words.contains_key(name)
            && old.choices.contains_key(name) == new.choices.contains_key(name);
        match ((old.words.get(name), new.words.get(name)), (old.choices.get(name), new.choices.get(name))) {
            ((Some(was), Some(is)), _) => self.words(was, is),
            (_, (Some(was), Some(is))) if is_alike => self.forms(was, is),
            _ if is_alike => self.members(old, new),
            _ => {
                let (was, is) = (self.use_in(old), self.use_in(new));
                self.add("type-use", format!("`{name}` is {is} (was {was})"));
            }
        }
    }

    fn use_in(&self, model: &Model) -> &'static str {
        let is_choice = model.choices.contains_key(self.name);
        match (model.words.contains_key(self.name), model.requests.contains(self.name)) {
            (true, _) => "a set of words",
            (false, true) if is_choice => "sent in several forms",
            (false, false) if is_choice => "received in several forms",
            (false, true) => "sent",
            (false, false) => "received",
        }
    }

    fn forms(&mut self, old: &Choice, new: &Choice) {
        let name = self.name;
        let form = |component: &Option<String>| component.clone().unwrap_or_else(|| "nothing".to_owned());
        for (word, was) in &old.forms {
            match new.forms.get(word) {
                None => self.add("form-removed", format!("the form `{word}` of `{name}`")),
                Some(is) if is != was => {
                    let (was, is) = (form(was), form(is));
                    self.add("form-type", format!("the form `{word}` of `{name}` is `{is}` (was `{was}`)"));
                }
                Some(_) => {}
            }
        }
        for (word, is) in new.forms.iter().filter(|(word, _)| !old.forms.contains_key(*word)) {
            self.add("form-added", format!("the form `{word}` of `{name}`, `{}`", form(is)));
        }
        if old.tag != new.tag {
            self.add("member-wire", format!("`{}` names the form of `{name}` (was `{}`)", new.tag, old.tag));
        }
        self.found.documentation(&old.description, &new.description, &format!("`{name}`"));
    }

    fn words(&mut self, old: &Words, new: &Words) {
        let name = self.name;
        let alike =
            |words: &[String], word: &String| words.iter().find(|other| other.eq_ignore_ascii_case(word)).cloned();
        for word in &old.words {
            match alike(&new.words, word) {
                None => self.add("word-removed", format!("the word `{word}` of `{name}`")),
                Some(now) if pascal(&now) != pascal(word) => {
                    self.add("variant-renamed", format!("the word `{word}` of `{name}` is written `{now}`"));
                }
                Some(now) if now != *word => {
                    self.add("word-respelled", format!("the word `{word}` of `{name}` is written `{now}`"));
                }
                Some(_) => {}
            }
        }
        for word in new.words.iter().filter(|word| alike(&old.words, word).is_none()) {
            self.add("word-added", format!("the word `{word}` of `{name}`"));
        }
        self.found.documentation(&old.description, &new.description, &format!("`{name}`"));
    }

    fn members(&mut self, old: &Model, new: &Model) {
        let name = self.name;
        let is_request = new.requests.contains(name);
        let (was, is) = (&old.schemas[name], &new.schemas[name]);
        for (member, schema) in properties(was) {
            let Some(now) = properties(is).get(member) else {
                let rule = if is_request { "request-member-removed" } else { "reply-member-removed" };
                self.add(rule, format!("the member `{member}` of `{name}`"));
                continue;
            };
            let (demanded_before, demanded) = (demands(was, member), demands(is, member));
            let types = (of_member(old, schema, demanded_before), of_member(new, now, demanded));
            if types.0 != types.1 {
                let rule = if is_request { "request-member-type" } else { "reply-member-type" };
                self.add(rule, format!("the member `{member}` of `{name}` is `{}` (was `{}`)", types.1, types.0));
            } else if demanded != demanded_before && is_request {
                let by = if demanded { "by `new`" } else { "by a setter" };
                self.add("request-member-moved", format!("the member `{member}` of `{name}` is given {by}"));
            } else if demanded && !demanded_before {
                self.add("reply-member-demanded", format!("the member `{member}` of `{name}` must be there"));
            } else if now["x-compared"] == true && schema["x-compared"] != true && !demanded {
                self.add("reply-member-compared", format!("the member `{member}` of `{name}` must be readable"));
            } else if wire(schema) != wire(now) || demanded != demanded_before {
                self.add("member-wire", format!("the member `{member}` of `{name}`"));
            }
            let text = |schema: &Value| schema["description"].as_str().map(str::to_owned);
            self.found.documentation(&text(schema), &text(now), &format!("the member `{member}` of `{name}`"));
        }
        for (member, schema) in properties(is).iter().filter(|(member, _)| !properties(was).contains_key(*member)) {
            let demanded = demands(is, member);
            let rule = match (is_request, demanded) {
                (true, true) => "request-member-added",
                (true, false) => "request-member-added-optional",
                (false, true) => "reply-member-demanded",
                (false, false) => "reply-member-added",
            };
            let kind = of_member(new, schema, demanded);
            self.add(rule, format!("the new member `{member}` of `{name}`, `{kind}`"));
        }
        if is_request {
            self.order(old, new);
        }
        self.found.documentation(&was["description"], &is["description"], &format!("`{name}`"));
        if old.limits.contains_key(name) && !new.limits.contains_key(name) {
            self.add("limits-removed", format!("the limits of `{name}`"));
            return;
        }
        // Those of a member that has come or gone come and go with it.
        let in_both = |member: &str| properties(was).contains_key(member) && properties(is).contains_key(member);
        let limits_of = |model: &Model| -> Vec<Limit> {
            let limits = model.limits.get(name).into_iter().flatten();
            limits.filter(|limit| in_both(&limit.member)).cloned().collect()
        };
        let (was, is) = (limits_of(old), limits_of(new));
        let users = self.users.clone();
        limits(&was, &is, &format!("`{name}`"), &users, self.found);
    }

    /// Compares the order in which `new` takes what is required before and after.
    fn order(&mut self, old: &Model, new: &Model) {
        let name = self.name;
        let (mut was, mut is) = (by_position(old, &old.schemas[name]), by_position(new, &new.schemas[name]));
        was.retain(|member| is.contains(member));
        is.retain(|member| was.contains(member));
        if was != is {
            self.add(
                "request-order",
                format!("`{name}::new` takes `{}` (was `{}`)", is.join("`, `"), was.join("`, `")),
            );
        }
    }
}

/// The members that `new` takes by position, in their order; none when it takes them by name.
fn by_position(model: &Model, schema: &Value) -> Vec<String> {
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let required: Vec<_> = required.map(str::to_owned).collect();
    let types: Vec<_> = required.iter().map(|name| of_member(model, &schema["properties"][name], true)).collect();
    if is_positional(&types) { required } else { Vec::new() }
}

fn properties(schema: &Value) -> &Map<String, Value> {
    static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    schema["properties"].as_object().unwrap_or(&NONE)
}

fn demands(schema: &Value, member: &str) -> bool {
    schema["required"].as_array().is_some_and(|names| names.iter().any(|name| name == member))
}

/// Compares limits of the members of a component or of a parameter. `users` are those of the component.
pub fn limits(old: &[Limit], new: &[Limit], of: &str, users: &[String], found: &mut Found) {
    let (was, is) = (bounds(old), bounds(new));
    let keys: BTreeSet<_> = was.keys().chain(is.keys()).collect();
    for key @ (member, bound) in keys {
        let (was, is) = (was.get(key), is.get(key));
        if was == is {
            continue;
        }
        let is_tighter = match (was, is) {
            (_, None) => false,
            (None, _) => true,
            (Some(was), Some(is)) if bound.starts_with("at least") => is > was,
            (Some(was), Some(is)) => is < was,
        };
        let written = |limit: Option<&i128>| {
            limit.map_or("not limited".to_owned(), |limit| bound.replace('#', &limit.to_string()))
        };
        let what = format!("`{member}` of {of}: {} (was {})", written(is), written(was));
        let rule = if is_tighter { "limit-tightened" } else { "limit-loosened" };
        found.add_reached(rule, what, users.to_vec());
    }
}

/// The limits by member and by what is limited, where `#` is the number.
fn bounds(limits: &[Limit]) -> BTreeMap<(String, &'static str), i128> {
    let mut bounds = BTreeMap::new();
    for limit in limits {
        let stated = match limit.bound {
            Bound::AtLeast(least) => [Some(("at least #", least.into())), None],
            Bound::AtMost(most) => [Some(("at most #", most.into())), None],
            Bound::Length(least, most) => [
                (least > 0).then_some(("at least # characters", least.into())),
                most.map(|most| ("at most # characters", most.into())),
            ],
        };
        let member = match &limit.when {
            Some(When { member, words, .. }) => format!("{}` with `{member}` of `{}", limit.member, words.join("`, `")),
            None => limit.member.clone(),
        };
        bounds.extend(stated.into_iter().flatten().map(|(bound, value)| ((member.clone(), bound), value)));
    }
    bounds
}
