//! Whether a wrong value did no more than it may.

use gerbang::Error;
use serde_json::Value;

use crate::cells::{Outcome, Place, Step};
use crate::spec::Spec;
use crate::values::{Form, Wrong};
use crate::well_formed::{Kind, Verdict, well_formed};

/// What a body must lead to.
pub struct Expected<'a> {
    spec: &'a Spec,
    place: &'a Place<'a>,
    form: &'a Form,
    verdict: Verdict,
}

impl<'a> Expected<'a> {
    /// What must happen when a place holds a wrong value.
    pub fn new(spec: &'a Spec, place: &'a Place<'a>, wrong: &'a Wrong) -> Self {
        let is_text = Kind::of(spec.resolve(place.schema)) == Kind::Text;
        let verdict = match (well_formed(spec, place.schema, &wrong.form), &wrong.form) {
            // A list of texts, for people, may keep what is empty or broken.
            (_, Form::BrokenText | Form::Json(Value::String(_))) if is_text && place.is_item() => Verdict::Open,
            // A payload or an address that has lost a part is not what the provider meant.
            (_, Form::BrokenText) if place.required && is_text => Verdict::No,
            // Well-formed, but another than the one that was sent.
            (Verdict::Yes, _) if place.required && place.is_compared() => Verdict::Open,
            (verdict, _) => verdict,
        };
        Self { spec, place, form: &wrong.form, verdict }
    }

    /// Whether it must be read, or must not be; none where both are right.
    pub fn readable(&self) -> Option<bool> {
        match (self.verdict, &self.place.unreadable) {
            _ if !self.place.required && self.form.is_blank() => Some(true),
            (Verdict::Yes, _) | (_, Outcome::None(_) | Outcome::LeftOut(_)) => Some(true),
            (Verdict::No, Outcome::Refused) => Some(false),
            (Verdict::Open, Outcome::Refused) => None,
        }
    }

    /// What is wrong with a result, if anything. `data` is the member of the body that is the payload, where not the whole is.
    pub fn problem(
        &self,
        unchanged: &Value,
        result: &Result<Value, Error>,
        data: Option<&str>,
        is_refusal: impl Fn(&Error) -> bool,
    ) -> Option<String> {
        let got = match result {
            Ok(got) => got,
            Err(error) if self.readable() == Some(true) => return Some(format!("is refused: {error}")),
            Err(error) => return (!is_refusal(error)).then(|| format!("is refused in another way: {error:?}")),
        };
        if self.readable() == Some(false) {
            return Some("is read".to_owned());
        }
        let rest_without = |path: &[Step], left_out: bool| {
            let Some(path) = within_payload(path, data) else { return unchanged == got };
            let without = |value: &Value| removed(value.clone(), &path);
            without(unchanged) == if left_out { got.clone() } else { without(got) }
        };
        let path = &self.place.path;
        let is_left_out = match (self.verdict, &self.place.unreadable) {
            (Verdict::No, Outcome::LeftOut(row)) if self.place.required => rest_without(row, true),
            (Verdict::Open, Outcome::LeftOut(row)) if self.place.required => rest_without(row, true),
            _ => false,
        };
        if is_left_out {
            return None;
        }
        let is_kept = match (self.verdict, &self.place.unreadable) {
            (Verdict::No, Outcome::LeftOut(_)) if self.place.required => false,
            (Verdict::No, Outcome::None(member)) => rest_without(member, false),
            _ => rest_without(path, false),
        };
        if !is_kept {
            return Some("changes something else, or does not leave its row out".to_owned());
        }
        let shown = within_payload(path, data).and_then(|path| at(got, &path));
        self.misread(shown.filter(|value| !value.is_null()))
    }

    /// Money, flags and names are right or none, never something else.
    fn misread(&self, shown: Option<&Value>) -> Option<String> {
        let schema = self.spec.resolve(self.place.schema);
        let is_right = match (Kind::of(schema), shown, self.form) {
            (Kind::Rupiah | Kind::Flag, None, _) => self.verdict != Verdict::Yes,
            (Kind::Rupiah | Kind::Flag, Some(_), _) if self.verdict != Verdict::Yes => false,
            (Kind::Rupiah, Some(shown), Form::Json(json)) => {
                let is_dotted = schema["format"] == "rupiah-dotted";
                let shown = if is_dotted { plain(shown).replace('.', "") } else { plain(shown) };
                shown == plain(json)
            }
            (Kind::Flag, Some(shown), Form::Json(json)) => is_yes(shown) == is_yes(json),
            (Kind::Identifier, Some(shown), Form::LongInteger(digits)) => plain(shown) == *digits,
            _ => true,
        };
        (!is_right).then(|| format!("is read as: {}", shown.map_or("none".to_owned(), Value::to_string)))
    }
}

/// A number or a text, without quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn is_yes(value: &Value) -> bool {
    matches!(plain(value).as_str(), "1" | "true")
}

/// What is read, in a form that can be compared: JSON in strings taken out, and without what is as good as absent.
pub fn comparable(spec: &Spec, schema: &Value, mut json: Value) -> Value {
    let properties = spec.resolve(schema)["properties"].as_object();
    for (name, property) in properties.into_iter().flatten() {
        if Kind::of(spec.resolve(property)) == Kind::JsonInString
            && let Some(text) = json[name].as_str()
        {
            json[name] = serde_json::from_str(text).expect("JSON in a string");
        }
    }
    without_empty(&mut json);
    json
}

fn without_empty(json: &mut Value) {
    match json {
        Value::Array(items) => items.iter_mut().for_each(without_empty),
        Value::Object(members) => {
            members.values_mut().for_each(without_empty);
            members.retain(|_, value| match value {
                Value::Null => false,
                Value::Array(items) => !items.is_empty(),
                Value::Object(members) => !members.is_empty(),
                _ => true,
            });
        }
        _ => {}
    }
}

/// The path inside the payload; none when it leads elsewhere.
fn within_payload(path: &[Step], data: Option<&str>) -> Option<Vec<Step>> {
    let path = match (data, path.split_first()) {
        (Some(data), Some((Step::Member(name), rest))) if name == data => rest,
        (Some(_), _) => return None,
        (None, _) => path,
    };
    Some(path.iter().filter(|step| **step != Step::Inside).cloned().collect())
}

fn at<'a>(value: &'a Value, path: &[Step]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Member(name) => value.get(name),
        Step::Item(index) => value.get(index),
        Step::Inside => Some(value),
    })
}

fn removed(mut value: Value, path: &[Step]) -> Value {
    let Some((last, parents)) = path.split_last() else { return Value::Null };
    let parent = parents.iter().try_fold(&mut value, |value, step| match step {
        Step::Member(name) => value.get_mut(name),
        Step::Item(index) => value.get_mut(index),
        Step::Inside => Some(value),
    });
    match (parent, last) {
        (Some(Value::Object(members)), Step::Member(name)) => _ = members.remove(name),
        (Some(Value::Array(items)), Step::Item(index)) if *index < items.len() => _ = items.remove(*index),
        _ => {}
    }
    without_empty(&mut value);
    value
}

#[test]
fn a_result_is_judged_by_what_else_it_changes() {
    let spec = &Spec::all()[1];
    assert_eq!(spec.name, "klink");
    let rows = |rows: &[Value]| serde_json::json!(rows);
    let row = |id: &str| serde_json::json!({"order_id": "A", "gross_amount": 1, "status_code": "2", "id": id, "bank_code": "x"});
    let unchanged = rows(&[row("1"), row("2"), row("3")]);
    let places = crate::cells::places(spec, spec.component("FinanceReport").unwrap(), &unchanged, &[]);
    let wrong = crate::values::all(10);
    let problem = |member: &str, name: &str, got: Value| {
        let path = [Step::Item(1), Step::Member(member.to_owned())];
        let place = places.iter().find(|place| place.path == path).unwrap();
        let wrong = wrong.iter().find(|wrong| wrong.name == name).unwrap();
        Expected::new(spec, place, wrong).problem(&unchanged, &Ok(got), None, |_| true)
    };
    let changed = |member: &str, value: Value| {
        let mut rows = unchanged.clone();
        rows[1][member] = value;
        rows
    };
    let left_out = rows(&[row("1"), row("3")]);
    // A required member is unreadable: its row is left out.
    assert_eq!(problem("gross_amount", "70.5", left_out.clone()), None);
    assert!(problem("gross_amount", "70.5", changed("gross_amount", 70.into())).is_some());
    assert!(problem("gross_amount", "70.5", rows(&[row("1")])).is_some());
    assert!(problem("gross_amount", "1", left_out.clone()).is_some());
    assert_eq!(problem("gross_amount", "0", changed("gross_amount", 0.into())), None);
    assert!(problem("gross_amount", "0", changed("gross_amount", 2.into())).is_some());
    assert_eq!(problem("id", "-1", changed("id", "-1".into())), None);
    // An optional one is: nothing else changes.
    assert_eq!(problem("bank_code", "{}", changed("bank_code", Value::Null)), None);
    assert!(problem("bank_code", "{}", changed("id", "4".into())).is_some());
    assert!(problem("bank_code", "{}", left_out).is_some());
}
