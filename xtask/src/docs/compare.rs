//! What became of each block between two states of a document.

use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::blocks::{Block, EMPTY};

/// One block that is not what and where it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Another text under the same heading: before and now.
    Changed(Block, Block),
    /// A new heading.
    Added(Block),
    /// A heading that is gone.
    Removed(Block),
    /// The same text under the same heading, elsewhere among the others.
    Moved(Block),
    /// The same text under another heading: before and now.
    Renamed(Block, Block),
}

impl Change {
    /// The headings that the block has, or had and has.
    pub fn paths(&self) -> Vec<&[String]> {
        match self {
            Self::Changed(_, block) | Self::Added(block) | Self::Removed(block) | Self::Moved(block) => {
                vec![&block.path]
            }
            Self::Renamed(before, now) => vec![&before.path, &now.path],
        }
    }
}

/// The changes, in the order of the new document; what is gone comes last. Headings may stand in a document several times.
pub fn changes(old: &[Block], new: &[Block]) -> Vec<Change> {
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    for step in capture_diff_slices(Algorithm::Myers, old, new) {
        if step.tag() != DiffTag::Equal {
            gone.extend(step.old_range());
            come.extend(step.new_range());
        }
    }
    let mut found = Vec::new();
    let mut pair = |alike: fn(&Block, &Block) -> bool, change: fn(&Block, &Block) -> Change| {
        come.retain(|now| {
            let Some(at) = gone.iter().position(|before: &usize| alike(&old[*before], &new[*now])) else { return true };
            found.push((*now, change(&old[gone.remove(at)], &new[*now])));
            false
        });
    };
    pair(|before, now| before == now, |_, now| Change::Moved(now.clone()));
    pair(|before, now| before.path == now.path, |before, now| Change::Changed(before.clone(), now.clone()));
    pair(
        |before, now| before.fingerprint == now.fingerprint && now.fingerprint != EMPTY,
        |before, now| Change::Renamed(before.clone(), now.clone()),
    );
    found.extend(come.into_iter().map(|now| (now, Change::Added(new[now].clone()))));
    found.sort_by_key(|(now, _)| *now);
    let found = found.into_iter().map(|(_, change)| change);
    found.chain(gone.into_iter().map(|before| Change::Removed(old[before].clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str) -> Block {
        let (heading, fingerprint) = text.split_once('=').unwrap();
        Block { path: heading.split('/').map(str::to_owned).collect(), fingerprint: fingerprint.to_owned() }
    }

    fn of(old: &[&str], new: &[&str]) -> Vec<Change> {
        let blocks = |texts: &[&str]| texts.iter().map(|text| block(text)).collect::<Vec<_>>();
        changes(&blocks(old), &blocks(new))
    }

    #[test]
    fn each_kind_of_change_is_reported() {
        assert_eq!(of(&["A=1", "B=2"], &["A=1", "B=2"]), []);
        assert_eq!(of(&["A=1", "B=2"], &["A=1", "B=3"]), [Change::Changed(block("B=2"), block("B=3"))]);
        assert_eq!(of(&["A=1"], &["A=1", "B=2"]), [Change::Added(block("B=2"))]);
        assert_eq!(of(&["A=1", "B=2"], &["A=1"]), [Change::Removed(block("B=2"))]);
        let renamed = Change::Renamed(block("B=2"), block("C=2"));
        assert_eq!(of(&["A=1", "B=2"], &["A=1", "C=2"]), [renamed]);
        assert_eq!(of(&["A=1", "B=2", "C=3"], &["C=3", "A=1", "B=2"]), [Change::Moved(block("C=3"))]);
    }

    #[test]
    fn headings_that_are_there_twice_are_distinguished() {
        let old = ["A=0", "A/Sample=1", "B=0", "B/Sample=1", "A/Sample=2"];
        let mut new = old;
        new[4] = "A/Sample=3";
        assert_eq!(of(&old, &new), [Change::Changed(block("A/Sample=2"), block("A/Sample=3"))]);
        // One more of the same name, before the others.
        let new = ["A=0", "A/Sample=9", "A/Sample=1", "B=0", "B/Sample=1", "A/Sample=2"];
        assert_eq!(of(&old, &new), [Change::Added(block("A/Sample=9"))]);
        assert_eq!(of(&new, &old), [Change::Removed(block("A/Sample=9"))]);
    }

    #[test]
    fn headings_without_text_are_not_taken_for_each_other() {
        let found = of(&["A=empty"], &["B=empty"]);
        assert_eq!(found, [Change::Added(block("B=empty")), Change::Removed(block("A=empty"))]);
    }
}
