//! Names of members and parameters that would be the same in Rust or on the command line, or that are taken there.

use std::collections::BTreeSet;

use gerbang_spec::naming::{GETTERS, METHODS, OPTIONS, distinct};

use super::*;

const PAYER: &str = "      required: [name]\n      properties:\n        name: {type: string, description: The name.}\n";

/// The sample with more members of what is received of a payer.
fn payer(more: &str) -> String {
    let spec = sample(&[]);
    let (before, of_payer) = spec.split_at(spec.find("    Payer:\n").unwrap());
    before.to_owned() + &of_payer.replacen(PAYER, &format!("{PAYER}{more}"), 1)
}

#[test]
fn each_name_has_its_own() {
    let named = distinct(["IBAN", "iban", "Iban", "type", "new", "iban_2"], &["new"]);
    let named: Vec<_> = named.into_iter().map(|(name, ident)| format!("{name}={ident}")).collect();
    assert_eq!(named, ["IBAN=iban_3", "Iban=iban_4", "iban=iban", "iban_2=iban_2", "new=new_2", "type=type_"]);
}

#[test]
fn members_of_one_name_are_numbered_and_read_as_they_are() {
    let more = "        IBAN: {type: string, description: A.}\n        iban: {type: string, description: B.}\n";
    let path = directory("numbered").join("sample.yaml");
    fs::write(&path, payer(more)).unwrap();
    let files = generate::files(&Spec { name: "sample".to_owned(), path }).unwrap();
    let types = packed(&files[Path::new(TYPES)]);
    assert!(types.contains("pubiban:Option<String>") && types.contains("pubiban_2:Option<String>"), "{types}");
    assert!(types.contains(r#"#[serde(rename="IBAN")]"#), "{types}");
    assert!(types.contains(r#"iban"iban"iban_2"IBAN""#), "each has its reader: {types}");
}

#[test]
fn members_of_two_types_have_readers_of_their_own() {
    let more = "        more:\n          $ref: '#/components/schemas/Row'\n";
    let reader = format!("{more}        expiresIn: {{type: string, description: A.}}\n");
    let detail = "        labels:\n          $ref: '#/components/schemas/Labels'\n        rows:\n";
    let other = format!("        expires_in: {{type: string, description: B.}}\n{detail}");
    let types = packed(&code("readers", TYPES, &[(more, &reader), (detail, &other)]));
    assert!(types.contains(r#"expires_in"expiresIn"expires_in_2"expires_in""#), "{types}");
}

#[test]
fn parameters_of_one_name_in_rust_are_numbered() {
    let id = "description: The id., schema: {type: string, minLength: 1}}\n";
    let parameter = |name: &str, more: &str| {
        format!("        - {{name: {name}, in: query, {more}description: More., schema: {{type: string}}}}\n")
    };
    let again = format!("{id}{}{}", parameter("ID", "required: true, "), parameter("id", ""));
    let client = packed(&code("arguments", CLIENT, &[(id, &again)]));
    assert!(client.contains("payment_status(&self,id:&str,id_2:&str)"), "{client}");
    assert!(client.contains(r#".path("id",id).query("ID",id_2).query_optional("id",options.id.as_ref())"#), "{client}");
}

#[test]
fn methods_of_what_is_sent_keep_their_names() {
    let member = "        expires_in: {type: integer, format: uint32, maximum: 86400,";
    let new = format!("        new: {{type: string, maxLength: 5, description: New.}}\n{member}");
    let types = packed(&code("setters", TYPES, &[(member, &new)]));
    assert!(types.contains("pubfnnew_2(mutself,new_2:implInto<String>)->Self"), "{types}");
    assert!(
        types.contains(r#"ifletSome(value)=&self.new_2{::gerbang_core::limits::length("new",value,0,5)?;}"#),
        "{types}"
    );
}

#[test]
fn options_of_every_command_limit_no_name() {
    let member = "        expires_in: {type: integer, format: uint32, maximum: 86400,";
    let members = "        timeout: {type: string, description: Time.}\n        body-timeout: {type: string, description: T.}\n\
                   \x20       Note: {type: string, description: Another note.}\n";
    let parameter = "        - name: note\n";
    let config =
        format!("        - {{name: config, in: query, description: C., schema: {{type: string}}}}\n{parameter}");
    let changes = [(member, format!("{members}{member}")), (parameter, config)];
    let changes = changes.each_ref().map(|(whole, planted)| (*whole, planted.as_str()));
    let commands = packed(&code("options", COMMANDS, &changes));
    for (name, option) in [
        ("timeout", "body-timeout-2"),
        ("body-timeout", "body-timeout"),
        ("Note", "note"),
        ("note", "body-note"),
        ("query_config", "query-config"),
        ("query_note", "query-note"),
    ] {
        assert!(commands.contains(&format!(r#"Argument{{name:"{name}",option:"{option}","#)), "{name}: {commands}");
    }
    assert!(commands.contains(r#"options.config=given.optional("query_config")?;"#), "{commands}");
}

#[test]
fn options_of_every_command_are_those_of_the_command_line() {
    let args = fs::read_to_string(specs::workspace().join("crates/cli/src/args.rs")).unwrap();
    let file = syn::parse_file(&args).unwrap();
    let global = file.items.iter().find_map(|item| match item {
        syn::Item::Struct(item) if item.ident == "Global" => Some(item),
        _ => None,
    });
    let fields = global.unwrap().fields.iter().filter_map(|field| field.ident.as_ref());
    let options: BTreeSet<_> =
        fields.map(|field| field.to_string().replace('_', "-")).chain(["help".to_owned()]).collect();
    assert_eq!(options, OPTIONS.iter().map(|option| (*option).to_owned()).collect());
}

/// The methods, statics and constants of a generated file, in small letters.
fn items_of(file: &str) -> BTreeSet<String> {
    let named = |item: syn::Item| -> Vec<String> {
        match item {
            syn::Item::Static(item) => vec![item.ident.to_string()],
            syn::Item::Const(item) => vec![item.ident.to_string()],
            syn::Item::Impl(block) if block.trait_.is_none() => {
                let methods = block.items.iter().filter_map(|item| match item {
                    syn::ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
                    _ => None,
                });
                methods.collect()
            }
            _ => Vec::new(),
        }
    };
    let items = syn::parse_file(&code("taken", file, &[])).unwrap().items;
    items.into_iter().flat_map(named).map(|name| name.to_ascii_lowercase()).collect()
}

#[test]
fn names_that_clients_have_already_are_taken() {
    let operations = ["create_payment", "create_payment_with", "payment_status"];
    for (file, own, taken) in [
        (CLIENT, &operations[..], METHODS),
        ("sample/src/generated/operations.rs", &operations[..], METHODS),
        ("sample/src/generated/credentials.rs", &["api_key", "project"][..], GETTERS),
    ] {
        let items = items_of(file);
        assert!(items.len() >= own.len(), "{file}: {items:?}");
        for name in items.iter().map(String::as_str).filter(|name| !own.contains(name)) {
            assert!(taken.contains(&name), "{file} has `{name}`, which may be given to another");
        }
    }
}
