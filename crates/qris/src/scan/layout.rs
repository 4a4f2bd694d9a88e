//! What every code of a size has in the same places.

/// A module that is known before a code is read: its column, its row, and whether it is dark.
pub(super) type Known = (f32, f32, bool);

/// Modules on each side of the smallest code.
const SMALLEST: usize = 21;
/// Modules on each side of the largest code.
const LARGEST: usize = 177;

/// The size nearest to a number of modules, and those around it, as far as there are such.
pub(super) fn sizes(modules: f32) -> impl Iterator<Item = usize> {
    let nearest = ((modules - 17.0) / 4.0).round() as i32;
    [0, 1, -1].into_iter().map(move |away| (nearest + away) * 4 + 17).filter_map(|size| {
        let size = usize::try_from(size).ok()?;
        (SMALLEST..=LARGEST).contains(&size).then_some(size)
    })
}

/// The middles of the alignment patterns, in each direction.
fn alignments(size: usize) -> Vec<usize> {
    let version = (size - 17) / 4;
    if version == 1 {
        return Vec::new();
    }
    let gaps = version / 7 + 1;
    let last = size - 7;
    // They are as far apart as they can be, in even numbers; one size is an exception.
    let step = if version == 32 { 26 } else { (last - 6).div_ceil(2 * gaps) * 2 };
    let mut middles: Vec<usize> = (0..gaps).map(|gap| last - gap * step).collect();
    middles.push(6);
    middles
}

/// The finder, timing and alignment patterns of a code.
pub(super) fn known(size: usize) -> Vec<Known> {
    let mut known = Vec::new();
    for (left, top) in [(0, 0), (size - 7, 0), (0, size - 7)] {
        pattern(&mut known, left + 3, top + 3, 3);
    }
    for along in 8..size - 8 {
        let is_dark = along % 2 == 0;
        known.extend([(along as f32, 6.0, is_dark), (6.0, along as f32, is_dark)]);
    }
    let middles = alignments(size);
    for &x in &middles {
        for &y in &middles {
            let is_finder = [(6, 6), (6, size - 7), (size - 7, 6)].contains(&(x, y));
            if !is_finder {
                pattern(&mut known, x, y, 2);
            }
        }
    }
    known
}

/// Squares one in the other around a middle: the outermost is dark, the next light, and what is within dark.
fn pattern(known: &mut Vec<Known>, x: usize, y: usize, radius: usize) {
    for row in y - radius..=y + radius {
        for column in x - radius..=x + radius {
            let ring = x.abs_diff(column).max(y.abs_diff(row));
            known.push((column as f32, row as f32, ring != radius - 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alignment_patterns_are_where_the_standard_has_them() {
        let of_version = |version: usize| {
            let mut middles = alignments(4 * version + 17);
            middles.sort_unstable();
            middles
        };
        assert!(of_version(1).is_empty());
        assert_eq!(of_version(2), [6, 18]);
        assert_eq!(of_version(7), [6, 22, 38]);
        assert_eq!(of_version(15), [6, 26, 48, 70]);
        assert_eq!(of_version(32), [6, 34, 60, 86, 112, 138]);
        assert_eq!(of_version(36), [6, 24, 50, 76, 102, 128, 154]);
        assert_eq!(of_version(40), [6, 30, 58, 86, 114, 142, 170]);
    }
}
