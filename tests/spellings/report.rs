//! What came of all cells.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cells::Place;
use crate::spec::Spec;
use crate::well_formed::Kind;

/// At how many places exceptions are printed.
const PRINTED: usize = 40;

/// What came of all cells.
#[derive(Debug, Default)]
pub struct Report {
    /// How many bodies were given.
    pub cells: usize,
    /// How many replies were changed.
    pub replies: usize,
    /// How many notifications were changed.
    pub notifications: usize,
    /// How many places of them were given wrong values.
    pub members: usize,
    exceptions: usize,
    /// The kinds of places and what is wrong with them, with the values for which it is, and how often.
    kinds: BTreeMap<String, BTreeMap<&'static str, usize>>,
    /// The same of each place, with the first problem in full.
    places: BTreeMap<String, (Vec<&'static str>, String)>,
}

impl Report {
    /// Counts a cell.
    pub fn add(&mut self, title: &str, spec: &Spec, place: &Place<'_>, wrong: &'static str, problem: Option<String>) {
        self.cells += 1;
        let Some(problem) = problem else { return };
        self.exceptions += 1;
        let schema: &Value = spec.resolve(place.schema);
        let kind = Kind::of(schema);
        let need = if place.required { "required" } else { "optional" };
        let sort = problem.split(':').next().unwrap_or_default();
        *self.kinds.entry(format!("{need} {kind:?} {sort}")).or_default().entry(wrong).or_default() += 1;
        let at = format!("{title}{} ({need} {kind:?}) {sort}", crate::cells::written(&place.path));
        let (values, _) = self.places.entry(at).or_insert_with(|| (Vec::new(), problem.chars().take(200).collect()));
        if !values.contains(&wrong) {
            values.push(wrong);
        }
    }

    /// Prints the counts, and panics when there is an exception or when there are fewer cells than there used to be.
    #[track_caller]
    pub fn check(&self, values: usize, least: usize) {
        let Self { cells, replies, notifications, members, exceptions, .. } = self;
        let parts = format!("{replies} replies, {notifications} notifications, {members} members, {values} values");
        println!("{cells} cells ({parts}), {exceptions} exceptions");
        for (kind, wrong) in &self.kinds {
            let wrong: Vec<_> = wrong.iter().map(|(wrong, count)| format!("{wrong} ×{count}")).collect();
            println!("  {kind}, with {}", wrong.join(", "));
        }
        for (place, (values, problem)) in self.places.iter().take(PRINTED) {
            println!("{place}, with {}\n    {problem}", values.join(", "));
        }
        if self.places.len() > PRINTED {
            println!("… and at {} other places", self.places.len() - PRINTED);
        }
        assert_eq!(*exceptions, 0, "exceptions");
        assert!(*cells >= least, "there used to be {least} cells");
    }
}
