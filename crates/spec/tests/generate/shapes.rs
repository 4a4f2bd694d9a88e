//! Bodies and parameters that are lists or of several forms.

use super::*;

const BODY: &str = "            schema:\n              $ref: '#/components/schemas/CreatePayment'\n";
const EXAMPLE: &str = "            example: {project: shop, amount: 10000, customer: {name: Budi}}\n";

/// The body of the sample is this component.
fn body(name: &str, mark: &str) -> String {
    format!("            schema:{mark}\n              $ref: '#/components/schemas/{name}'\n")
}

#[test]
fn body_that_is_a_list_is_one_argument() {
    let list = body("Labels", "");
    let changes = [(BODY, list.as_str()), (EXAMPLE, "            example: [a]\n")];
    // What only the former body had is unused now, which is another rule's.
    let model = Model::read(&parse(&sample(&changes))).unwrap();
    let files =
        generate::client(&Spec { name: "sample".to_owned(), path: "specs/sample.yaml".into() }, &model).unwrap();
    let client = packed(&files[Path::new(CLIENT)]);
    assert!(client.contains("create_payment(&self,body:&[String])"), "{client}");
    assert!(client.contains(".json(&body)"), "{client}");
}

#[test]
fn body_that_is_a_single_value_is_refused() {
    let note = body("Note", " # here");
    refused(
        &[(BODY, &note), ("format: identifier, maxLength: 40,", "format: identifier,")],
        "neither an object nor JSON",
    );
}

#[test]
fn limits_inside_a_body_that_is_a_list_are_refused() {
    let list = body("Labels", "");
    let label = "      items: {type: string, minLength: 1, description: A label.} # here";
    let labels = ("      items: {type: string, description: A label.}", label);
    refused(&[(BODY, &list), labels], "this is inside what line");
}

#[test]
fn only_the_query_takes_a_list() {
    let id = "description: The id., schema: {type: string, minLength: 1}}\n";
    let planted = |place: &str| {
        let schema = "{type: array, items: {type: string}}";
        format!("{id}        - {{name: ids, in: {place}, required: true, description: Ids., schema: {schema}}}\n")
    };
    let client = packed(&code("lists", CLIENT, &[(id, &planted("query"))]));
    assert!(client.contains("ids:&[String]") && client.contains(r#".query_each("ids",ids)"#), "{client}");
    let refused = Model::read(&parse(&sample(&[(id, &planted("header"))]))).unwrap_err();
    assert!(refused[0].message.contains("only a parameter of the query"), "{refused:?}");
}
