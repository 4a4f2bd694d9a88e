//! Public OpenAPI documents, which are not part of this project.
//!
//! `GERBANG_OPENAPI_DOCUMENTS` names them, separated by `:`. Each is adapted, and what is made of it is valid and generated.

use std::path::Path;
use std::time::Instant;

use gerbang_adapt::write_yaml::write;
use gerbang_adapt::{Loss, adapt};
use gerbang_spec::generate;
use gerbang_spec::specs::Spec;
use gerbang_spec::validate::validate;
use gerbang_spec::yaml::Document;

#[test]
#[ignore = "needs documents of others"]
fn public_documents_become_valid_specs_or_precise_refusals() {
    let names = std::env::var("GERBANG_OPENAPI_DOCUMENTS").expect("GERBANG_OPENAPI_DOCUMENTS names the documents");
    // They refer to themselves more deeply than the stack of a thread of tests allows.
    let work = move || names.split(':').for_each(|path| try_document(Path::new(path)));
    std::thread::Builder::new().stack_size(512 << 20).spawn(work).unwrap().join().unwrap();
}

fn try_document(path: &Path) {
    let start = Instant::now();
    let name = path.display().to_string();
    let document = Document::load(path, &name).unwrap_or_else(|problems| panic!("{problems:?}"));
    let adaptation = match adapt(&document, "2026-11-20") {
        Ok(adaptation) => adaptation,
        Err(findings) => return findings.iter().for_each(|finding| println!("{finding}")),
    };
    let report = &adaptation.report;
    let lossless = report.lossless_operations();
    println!("{name}: {} of {} operations, {lossless} without loss", report.adapted_operations, report.operations);
    for loss in [Loss::Operation, Loss::Member] {
        println!("  {}s left out: {:?}", loss.name(), report.by_reason(loss));
    }
    let lost = report.findings.iter().filter(|finding| finding.loss == Loss::Operation).count();
    assert_eq!(report.adapted_operations + lost, report.operations, "no operation is lost silently");
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("public");
    std::fs::create_dir_all(&directory).unwrap();
    let spec = Spec { name: "public".to_owned(), path: directory.join("public.yaml") };
    std::fs::write(&spec.path, write(&adaptation.spec)).unwrap();
    let read = Document::load(&spec.path, "public.yaml").unwrap();
    assert_eq!(read.value, adaptation.spec);
    assert_eq!(validate(&read), []);
    let files = generate::files(&spec).unwrap();
    let lines: usize = files.values().map(|code| code.lines().count()).sum();
    println!("  {lines} lines generated, {:.1} s in all", start.elapsed().as_secs_f32());
}
