//! What the generator refuses, tried on a spec that is generated and on changed copies of it.

mod names;
mod sent;
mod shapes;
mod signed;

use std::fs;
use std::path::{Path, PathBuf};

use gerbang_spec::generate;
use gerbang_spec::model::{Bound, Model};
use gerbang_spec::specs::{self, Spec};
use gerbang_spec::validate::validate;
use gerbang_spec::yaml::Document;
use quote::quote;

/// Marks the line that is to be named.
const MARK: &str = " # here";

/// The spec with some parts replaced; each part is there once.
fn sample(changes: &[(&str, &str)]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generate/sample.yaml");
    let mut spec = fs::read_to_string(path).unwrap();
    for (whole, planted) in changes {
        assert_eq!(spec.matches(whole).count(), 1, "{whole}");
        spec = spec.replacen(whole, planted, 1);
    }
    spec
}

fn parse(spec: &str) -> Document {
    Document::parse(spec, "sample.yaml").unwrap()
}

/// An empty directory.
fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory
}

/// What generating the spec gives; `test` is a name of its own.
fn generated(test: &str, changes: &[(&str, &str)]) -> anyhow::Result<generate::Files> {
    let path = directory(test).join("sample.yaml");
    fs::write(&path, sample(changes)).unwrap();
    generate::files(&Spec { name: "sample".to_owned(), path })
}

/// A generated file.
fn code(test: &str, file: &str, changes: &[(&str, &str)]) -> String {
    generated(test, changes).unwrap().remove(Path::new(file)).unwrap()
}

const TYPES: &str = "sample/src/generated/types.rs";
const CLIENT: &str = "sample/src/generated/client.rs";
const COMMANDS: &str = "cli/src/generated/sample/mod.rs";

/// Code without white space, and without the commas that only lists of several lines end in.
fn packed(code: &str) -> String {
    code.split_whitespace().collect::<String>().replace(",)", ")")
}

/// The changed spec is refused on the marked line and there only, with these words.
fn refused(changes: &[(&str, &str)], words: &str) {
    let spec = sample(changes);
    let marked = spec.lines().position(|line| line.ends_with(MARK)).expect("a line is marked") + 1;
    let Err(problems) = Model::read(&parse(&spec)) else { panic!("{changes:?} is generated") };
    let found: Vec<_> = problems.iter().map(|problem| (problem.line, problem.rule)).collect();
    assert_eq!(found, [(marked, "cannot-generate")], "{changes:?}: {problems:?}");
    assert!(problems[0].message.contains(words), "{words}: {}", problems[0]);
}

/// The same, and the linter says just that.
fn refused_by_validate(changes: &[(&str, &str)], words: &str) {
    refused(changes, words);
    let document = parse(&sample(changes));
    assert_eq!(validate(&document), Model::read(&document).unwrap_err(), "{changes:?}");
}

#[test]
fn the_sample_is_valid_and_generated() {
    let files = generated("sample", &[]).unwrap();
    let types = &files[Path::new(TYPES)];
    let check = r#"::gerbang_core::limits::at_least("amount", self.amount, 1000)?"#;
    assert!(types.contains(check), "{types}");
    let client = &files[Path::new(CLIENT)];
    let packed: String = client.split_whitespace().collect();
    assert!(packed.contains("options.check_limits()"), "the limit of an optional parameter: {client}");
    assert!(client.contains(r#".query_optional("note", options.note.as_ref())"#), "{client}");
    let commands = &files[Path::new(COMMANDS)];
    for name in ["query_note", "note", "amount"] {
        assert!(commands.contains(&format!("name: \"{name}\"")), "{commands}");
    }
    assert_eq!(commands.matches("\"query_note\"").count(), 2, "it is named and read: {commands}");
}

#[test]
fn only_what_is_received_and_optional_is_read_whatever_it_holds() {
    let types = syn::parse_file(&code("optional", TYPES, &[])).unwrap();
    let reader = |of: &str, member: &str| {
        let item = types.items.iter().find_map(|item| match item {
            syn::Item::Struct(item) if item.ident == of => Some(item),
            _ => None,
        });
        let field = item.unwrap().fields.iter().find(|field| field.ident.as_ref().unwrap() == member).unwrap();
        let attributes = field.attrs.iter().map(|attribute| quote!(#attribute).to_string());
        let reader = |text: String| Some(text.split_once("deserialize_with = \"")?.1.split_once('"')?.0.to_owned());
        attributes.filter_map(reader).collect::<String>()
    };
    for (of, member, wanted) in [
        ("CreatePayment", "expires_in", ""),
        ("CreatePayment", "labels", ""),
        ("Customer", "name", ""),
        ("CreatedPayment", "id", "::gerbang_core::wire::required"),
        ("CreatedPayment", "rows", "optional_json::rows"),
        ("CreatedPayment", "more", "optional_object::more"),
        ("Row", "text", "::gerbang_core::wire::required"),
        ("PaymentDetail", "state", ""),
        ("PaymentDetail", "labels", "optional_list::labels"),
        ("PaymentNotification", "payer", "optional_object::payer"),
        ("PaymentNotification", "balance", "optional::balance"),
    ] {
        assert_eq!(reader(of, member), wanted, "{of}.{member}");
    }
    let readers = types.items.iter().find_map(|item| match item {
        syn::Item::Macro(item) => Some(item.mac.tokens.to_string()),
        _ => None,
    });
    assert!(readers.unwrap().contains("balance \"balance\""));
}

#[test]
fn a_method_with_many_arguments_is_allowed_for_clippy() {
    // Beside itself and the body; the one that ends in `_with` has the options too.
    for (more, allowed) in [(4, 0), (5, 1), (6, 2)] {
        let parameter = |number| {
            format!(
                "        - {{name: p{number}, in: query, required: true, description: One of many., schema: {{type: string}}}}\n"
            )
        };
        let all: String = (0..more).map(parameter).collect();
        let body = "      requestBody:\n        required: true\n        description: What is";
        let client = code("many", CLIENT, &[(body, &(all + body))]);
        assert_eq!(client.matches("#[allow(clippy::too_many_arguments)]").count(), allowed, "{more}: {client}");
    }
}

#[test]
fn limits_behind_a_reference_are_checked() {
    let model = Model::read(&parse(&sample(&[]))).unwrap();
    let limits = &model.limits["CreatePayment"];
    let mut members: Vec<_> = limits.iter().map(|limit| limit.member.as_str()).collect();
    members.sort_unstable();
    assert_eq!(members, ["amount", "expires_in", "note"]);
    let amount = limits.iter().find(|limit| limit.member == "amount").unwrap();
    assert!(matches!(amount.bound, Bound::AtLeast(1000)) && !amount.optional);
    let note = &model.operations[0].parameters[0].limits[..];
    assert!(matches!(note, [limit] if limit.optional && matches!(limit.bound, Bound::Length(0, Some(40)))), "{note:?}");
}

#[test]
fn a_credential_deeper_than_a_body_is_refused() {
    let member = "        name: {type: string, description: The name.}\n    Item:";
    let planted = "        name: {type: string, x-credential: api_key, description: The name.} # here\n    Item:";
    refused(&[(member, planted)], "at the top level of a body only");
}

#[test]
fn limits_inside_what_is_sent_are_refused() {
    const INSIDE: &str = "this is inside what line";
    let in_customer = |limit| ("        name: {type: string, description: The name.}\n    Item:", limit);
    let customer = "        name: {type: string, minLength: 1, description: The name.} # here\n    Item:";
    refused_by_validate(&[in_customer(customer)], INSIDE);
    // By `allOf`, and two components down.
    let by_all_of = (
        "        customer:\n          $ref: '#/components/schemas/Customer'\n",
        "        customer:\n          description: Who.\n          allOf:\n            - $ref: '#/components/schemas/Customer'\n",
    );
    refused_by_validate(&[by_all_of, in_customer(customer)], INSIDE);
    let deeper = "        name: {type: string, description: The name.}
        item:
          $ref: '#/components/schemas/Item'
    Item:";
    let item = (
        "        name: {type: string, description: Its name.}\n",
        "        name: {type: string, maxLength: 9, description: Its name.} # here\n",
    );
    refused_by_validate(&[item], INSIDE);
    let no_items = (
        "        items:
          type: array
          description: What is sold.
          items:
            $ref: '#/components/schemas/Item'
",
        "",
    );
    refused_by_validate(&[in_customer(deeper), no_items, item], INSIDE);
    let label = "      items: {type: string, minLength: 1, description: A label.} # here";
    refused_by_validate(&[("      items: {type: string, description: A label.}", label)], INSIDE);
    let prices = "          additionalProperties: {type: integer, format: rupiah, description: A price in rupiah.}";
    let limited = "          additionalProperties:
            type: integer
            format: rupiah
            minimum: 1 # here
            description: A price in rupiah.";
    refused_by_validate(&[(prices, limited)], INSIDE);
}

#[test]
fn limits_that_are_no_plain_integers_are_refused() {
    const INTEGER: &str = "an integer from 0 up";
    for (limit, words) in [
        ("minimum: -1", INTEGER),
        ("minimum: 1000.5", INTEGER),
        ("maximum: 5e7", INTEGER),
        ("exclusiveMinimum: true", "inclusive"),
        ("exclusiveMaximum: 5", "inclusive"),
        ("minLength: -1", INTEGER),
        ("maxLength: 4.5", INTEGER),
    ] {
        let member = format!(
            "        expires_in:
          type: integer
          format: uint32
          {limit} # here
          description: Seconds until it expires."
        );
        let whole = "        expires_in: {type: integer, format: uint32, maximum: 86400, description: Seconds until it expires.}";
        let changes = [(whole, member.as_str())];
        let by_the_model_alone = limit.starts_with('m') && !limit.contains("Length");
        let refuse: fn(&[(&str, &str)], &str) = if by_the_model_alone { refused_by_validate } else { refused };
        refuse(&changes, words);
    }
    // The same of a parameter, by reference.
    let note = "    Note: {type: string, format: identifier, maxLength: -4, description: A note.} # here";
    refused(&[("    Note: {type: string, format: identifier, maxLength: 40, description: A note.}", note)], INTEGER);
}

#[test]
fn a_component_that_is_both_sent_and_received_is_refused() {
    let payer = "        payer:\n          $ref: '#/components/schemas/Payer'\n";
    let customer = "        payer: # here\n          $ref: '#/components/schemas/Customer'\n";
    refused(&[(payer, customer)], "`Customer` is received here and sent on line");
    let more = "        more:\n          $ref: '#/components/schemas/Row'\n";
    let customer = "        more: # here\n          $ref: '#/components/schemas/Customer'\n";
    refused_by_validate(&[(more, customer)], "`Customer` is received here and sent on line");
    // The other way round: the reply is read first, as paths are read by name.
    let status = "          $ref: '#/components/schemas/PaymentDetail'\n";
    let item = "          $ref: '#/components/schemas/Item'\n";
    let payment = "  /payments:\n";
    let later = "  /transfers:\n";
    let items = "          items:\n            $ref: '#/components/schemas/Item'\n";
    let marked = "          items: # here\n            $ref: '#/components/schemas/Item'\n";
    refused(&[(status, item), (payment, later), (items, marked)], "`Item` is sent here and received on line");
}

#[test]
fn a_reply_that_loses_its_flag_is_used_nowhere_else() {
    const FLAG: &str = "`CreatedPayment` has `success`, the flag of an envelope or the name of a form";
    let created = "'#/components/schemas/CreatedPayment'";
    let rows = (
        "        rows:
          description: The rows.
          oneOf:
            - {type: string, x-content-media-type: application/json, description: JSON inside a string.}
            - $ref: '#/components/schemas/Lines'
",
        "",
    );
    let rows_of_example = (", rows: '[{\"text\": \"Tea\"}]'}", "}");
    let in_notification = format!("        payer: # here\n          $ref: {created}\n");
    let payer = ("        payer:\n          $ref: '#/components/schemas/Payer'\n", in_notification.as_str());
    refused(&[rows, rows_of_example, payer], FLAG);
    let notification = format!("            schema: # here\n              $ref: {created}\n");
    let body = (
        "            schema:\n              $ref: '#/components/schemas/PaymentNotification'\n",
        notification.as_str(),
    );
    refused(&[rows, rows_of_example, body], FLAG);
    let in_itself = format!("        more: # here\n          $ref: {created}\n");
    let more = ("        more:\n          $ref: '#/components/schemas/Row'\n", in_itself.as_str());
    refused_by_validate(&[more], FLAG);
    let payload = format!("        data: # here\n          $ref: {created}\n");
    let data = ("        data:\n          $ref: '#/components/schemas/PaymentDetail'\n", payload.as_str());
    refused(&[rows, rows_of_example, data], FLAG);
    // Another reply that loses the same flag is no reason; one that loses none is.
    let reply = "              schema:\n                $ref: '#/components/schemas/PaymentReply'\n";
    let same = format!("              schema: # here\n                $ref: {created}\n");
    let spec = sample(&[(reply, &same), ("      x-envelope: {data: data}\n", "")]);
    assert!(Model::read(&parse(&spec)).is_ok());
    refused(&[(reply, &same), ("{data: data}", "{flag: [ok]}")], FLAG);
}

#[test]
fn a_flag_that_stays_is_a_member_of_the_reply() {
    let envelope = "x-envelope: {flag: [success], success: [true], failure: [false]";
    let created =
        |file: String| file.split_once("pub struct CreatedPayment").unwrap().1.split_once('}').unwrap().0.to_owned();
    assert!(!created(code("flag-lost", TYPES, &[])).contains("pub success: bool"));
    let stays = format!("{envelope}, flag-stays: true");
    assert!(created(code("flag-stays", TYPES, &[(envelope, &stays)])).contains("pub success: bool"));
}

#[test]
fn a_component_that_is_refused_is_reported_once() {
    let text = "        text: {type: string, description: Its text.}";
    let number = "        text: {type: number, description: Its text.} # here";
    refused(&[(text, number)], "a number with no format");
    // Of two replies, too.
    let reply = "              schema:\n                $ref: '#/components/schemas/PaymentReply'\n";
    let same = "              schema:\n                $ref: '#/components/schemas/CreatedPayment'\n";
    refused(&[(text, number), (reply, same), ("{data: data}", "{}")], "a number with no format");
}

#[test]
fn json_in_a_string_is_refused_where_it_is_not_read() {
    const READ: &str = "a reply that has no `data`";
    let model = Model::read(&parse(&sample(&[]))).unwrap();
    assert_eq!(model.operations[0].json_strings, ["rows"]);
    let json = |member: &str| {
        format!(
            "        {member}: # here
          description: The rows.
          oneOf:
            - {{type: string, x-content-media-type: application/json, description: JSON inside a string.}}
            - $ref: '#/components/schemas/Lines'
"
        )
    };
    let of_data = "        labels:
          $ref: '#/components/schemas/Labels'
        rows:
          $ref: '#/components/schemas/Lines'
";
    refused_by_validate(&[(of_data, &json("rows"))], READ);
    let payer = "        payer:\n          $ref: '#/components/schemas/Payer'\n";
    refused(&[(payer, &json("payer"))], READ);
    let more = "        more:\n          $ref: '#/components/schemas/Row'\n";
    let payer_in_reply = "        more:\n          $ref: '#/components/schemas/Payer'\n";
    let name = "        name: {type: string, description: The name.}\n";
    let spec = sample(&[]);
    let last = &spec[spec.find("    Payer:\n").unwrap()..];
    let nested = last.replace(name, &json("name"));
    refused(&[(payer, ""), (more, payer_in_reply), (last, &nested)], READ);
}

#[test]
fn a_file_that_is_no_spec_is_refused() {
    let directory = directory("specs");
    for known in ["README.md", "schemathesis_hooks.py", "test-with-schemathesis.sh", "b.yaml", "a-v1.yaml"] {
        fs::write(directory.join(known), "").unwrap();
    }
    let names = |only: &[String]| -> anyhow::Result<Vec<String>> {
        Ok(specs::find(&directory, only)?.into_iter().map(|spec| spec.name).collect())
    };
    assert_eq!(names(&[]).unwrap(), ["a-v1", "b"]);
    for stranger in ["c.yml", "c.YAML", "c", "notes.md", ".yaml"] {
        let path = directory.join(stranger);
        fs::write(&path, "").unwrap();
        for only in [&[][..], &["b".to_owned()]] {
            let error = names(only).unwrap_err().to_string();
            assert!(error.contains(&format!("`{stranger}` is no spec")) && error.contains(".yaml"), "{error}");
        }
        fs::remove_file(path).unwrap();
    }
    fs::create_dir(directory.join("more.yaml")).unwrap();
    assert!(names(&[]).unwrap_err().to_string().contains("`more.yaml` is no spec"));
}

#[test]
fn a_spec_that_asks_for_digest_authentication_is_not_valid() {
    let changes = [(
        "    ApiKey: {type: apiKey, in: header, name: X-API-KEY, description: The key., x-credential: api_key}",
        "    ApiKey: {type: http, scheme: digest, description: The key., x-credential: api_key}",
    )];
    let problems = validate(&parse(&sample(&changes)));
    assert!(matches!(&problems[..], [problem] if problem.rule == "unsupported" && !problem.help.contains("digest")));
}

#[test]
fn list_inside_itself_is_refused() {
    let endless = (
        "      items: {type: string, description: A label.}",
        "      items: # here\n        $ref: '#/components/schemas/Labels'",
    );
    refused(&[endless], "contains itself");
    let inside = (
        "      items: {type: string, description: A label.}",
        "      items:\n        type: array\n        description: More.\n        items: # here\n          $ref: '#/components/schemas/Labels'",
    );
    refused(&[inside], "contains itself");
}

#[test]
fn credential_in_two_places_is_required_when_one_is() {
    let optional = sample(&[("security:\n  - ApiKey: []\nx-envelope", "security: []\nx-envelope")]);
    let model = Model::read(&parse(&optional)).unwrap();
    let key = |model: &Model| model.credentials.iter().find(|credential| credential.name == "api_key").unwrap().clone();
    assert!(key(&model).optional, "no operation sends it");
    let member = "        project: {type: string, x-credential: project, description: The project.}\n";
    let secret = member.replace("x-credential: project", "format: password, x-credential: api_key");
    let both = optional.replace(member, &secret);
    let model = Model::read(&parse(&both)).unwrap();
    assert!(!key(&model).optional, "a body sends it");
}

#[test]
fn credential_of_two_kinds_is_refused() {
    let member = "        project: {type: string, x-credential: project, description: The project.}\n";
    let text = member.replace("x-credential: project", "x-credential: api_key").replace("}\n", "} # here\n");
    refused(&[(member, &text)], "is plain text here and a secret elsewhere");
}

#[test]
fn notification_signed_with_a_key_that_is_sent_is_unverified() {
    let signed = ("      security: []\n      x-source", "      security:\n        - ApiKey: []\n      x-source");
    let notifications = code("signed", "sample/src/generated/notifications.rs", &[signed]);
    assert!(notifications.contains("fn payment_notification_unverified("), "{notifications}");
}
