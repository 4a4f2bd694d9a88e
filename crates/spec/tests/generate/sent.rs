//! The types of what is sent: how programs make them, and that they can grow.

use super::*;

#[test]
fn what_is_sent_takes_required_members_and_sets_optional_ones() {
    let types = code("sent", TYPES, &[]);
    for part in [
        "pub fn new(amount: ::gerbang_core::Rupiah, customer: Customer) -> Self {",
        "    /// Seconds until it expires.\n    #[must_use]\n    pub fn expires_in(mut self, expires_in: u32) -> Self {",
        "pub fn state(mut self, state: impl Into<::gerbang_core::Open<State>>) -> Self {",
        "pub fn labels(mut self, labels: Vec<String>) -> Self {",
        // What is inside what is sent is sent too, and so are optional parameters.
        "impl Customer {\n    /// Takes what is required.\n    ///\n    /// - `name`: The name.\n    \
         #[must_use]\n    pub fn new(name: impl Into<String>) -> Self {",
        "impl CreatePaymentOptions {",
        "pub fn note(mut self, note: impl Into<::gerbang_core::Identifier>) -> Self {",
    ] {
        assert!(types.contains(part), "{part}: {types}");
    }
    assert_eq!(types.matches("#[non_exhaustive]").count(), types.matches("pub struct ").count() + 1, "a word set too");
    assert!(!types.contains("Required"), "no two members could be swapped: {types}");
    assert!(!types.contains("impl PaymentDetail"), "what is received is not made: {types}");
}

#[test]
fn limits_of_amounts_are_constants_in_rupiah() {
    let price = "minimum: 1000, description: A price in rupiah.}\n";
    let types = code("amounts", TYPES, &[(price, &price.replace("1000", "1000, maximum: 90000"))]);
    let packed: String = types.split_whitespace().collect();
    for (name, amount) in [("LEAST", 1000), ("GREATEST", 90000)] {
        let constant = format!("pubconst{name}_AMOUNT:::gerbang_core::Rupiah=::gerbang_core::Rupiah::new({amount}");
        assert!(packed.contains(&constant), "{types}");
    }
    assert!(!packed.contains("_EXPIRES_IN"), "seconds are no amount: {types}");
}

#[test]
fn limits_with_a_word_of_another_member_are_checked_with_it() {
    let required = ("required: [project, amount, customer]", "required: [project, amount, customer, state]");
    let example = ("amount: 10000, customer", "amount: 10000, state: paid, customer");
    let expires = "format: uint32, maximum: 86400,";
    let rule = |rule: &str| format!("{expires} x-limits: [{rule}],");
    let types = code(
        "by-word",
        TYPES,
        &[required, example, (expires, &rule("{member: state, words: [paid, pending], maximum: 60}"))],
    );
    let packed: String = types.split_whitespace().collect();
    let check = "if[State::Paid,State::Pending].iter().any(|word|self.state==*word){\
                 ifletSome(value)=&self.expires_in{::gerbang_core::limits::at_most(\"expires_in\",*value,60)?;}}";
    assert!(packed.contains(check), "{types}");
    let member = "expires_in: {type: integer, format: uint32, maximum: 86400, description: Seconds until it expires.}";
    for (entry, words) in [
        ("{member: state, words: [lost], maximum: 60}", "`lost` is no word of `state`"),
        ("{member: note, words: [paid], maximum: 60}", "not a required member with a set of words"),
        ("{member: state, words: [paid]}", "a `minimum` or a `maximum`"),
        ("{member: state, words: [], maximum: 60}", "a `minimum` or a `maximum`"),
    ] {
        let limited = member.replace("description", &format!("x-limits: [{entry}], description")) + " # here";
        refused(&[required, example, (member, &limited)], words);
    }
}

#[test]
fn members_that_could_be_swapped_are_given_by_name() {
    let customer =
        "      required: [name]\n      properties:\n        name: {type: string, description: The name.}\n    Item:";
    let two = customer
        .replace("[name]", "[phone, name]")
        .replace("    Item:", "        phone: {type: string, description: The phone.}\n    Item:");
    let example = ("customer: {name: Budi}", "customer: {name: Budi, phone: '08'}");
    let types = code("by-name", TYPES, &[(customer, &two), example]);
    let required = "pub struct CustomerRequired {\n    /// The phone.\n    pub phone: String,\n    /// The name.\n    pub name: String,\n}";
    assert!(types.contains(required) && types.contains("pub fn new(required: CustomerRequired) -> Self {"), "{types}");
    // Four are given by name, whatever they are.
    let all = ("required: [project, amount, customer]", "required: [project, amount, customer, items, prices]");
    let example = ("customer: {name: Budi}", "customer: {name: Budi}, items: [], prices: {}");
    let types = code("four", TYPES, &[all, example]);
    assert!(types.contains("pub struct CreatePaymentRequired {"), "{types}");
}

#[test]
fn another_optional_member_leaves_what_programs_call_as_it_is() {
    let lines = |code: &str| -> Vec<String> {
        let public =
            code.lines().map(str::trim).filter(|line| line.starts_with("pub fn") || line.starts_with("pub async"));
        public.map(str::to_owned).collect()
    };
    let (types, client) = (code("before", TYPES, &[]), code("before", CLIENT, &[]));
    let member = "        name: {type: string, description: The name.}\n    Item:";
    let member_too = member.replace("    Item:", "        phone: {type: string, description: The phone.}\n    Item:");
    let id = "description: The id., schema: {type: string, minLength: 1}}\n";
    let parameter_too =
        format!("{id}        - {{name: full, in: query, description: In full., schema: {{type: boolean}}}}\n");
    let changes = [(member, &member_too[..]), (id, &parameter_too[..])];
    let (types_after, client_after) = (code("after", TYPES, &changes), code("after", CLIENT, &changes));
    for (before, after) in [(types, types_after), (client, client_after)] {
        let (before, after) = (lines(&before), lines(&after));
        assert!(before.iter().all(|line| after.contains(line)), "{before:?} {after:?}");
        assert!(after.len() > before.len());
    }
}

#[test]
fn what_has_a_secret_cannot_be_compared() {
    let types = |path: &str| fs::read_to_string(specs::workspace().join(path)).unwrap();
    let types = types("crates/klink/src/generated/types.rs");
    let before = |name: &str| {
        types.split(&format!("pub struct {name} {{")).next().unwrap().rsplit("\n}\n").next().unwrap().to_owned()
    };
    assert!(!before("Session").contains("PartialEq"));
    assert!(before("Balance").contains(", PartialEq, Eq"));
}

#[test]
fn options_of_an_operation_with_digits_in_its_name_are_a_type() {
    let change = [("operationId: create_payment", "operationId: create_v2_1_k0")];
    let files = generated("sent-digits", &change).unwrap();
    assert!(files[Path::new(TYPES)].contains("pub struct CreateV21k0Options {"));
    assert!(files[Path::new(CLIENT)].contains("options: &types::CreateV21k0Options"));
}
