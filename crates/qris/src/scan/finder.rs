//! The three corners by which a code is found: dark and light as 1:1:3:1:1 in every direction.

use super::binary::Binary;
use super::point::Point;

/// A pattern that may be a corner of a code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finder {
    pub(super) centre: Point,
    /// The side of a module, in pixels.
    pub(super) module: f32,
    /// How many rows of the picture crossed it.
    hits: u32,
}

/// Three patterns that may be the corners of one code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Corners {
    /// The upper left one, and its neighbours clockwise and anticlockwise.
    pub(super) corner: Finder,
    pub(super) across: Finder,
    pub(super) down: Finder,
    /// How far it is from a square of equal patterns.
    distortion: f32,
}

/// The most patterns of a picture that are looked at. What has more is no photograph of a few codes.
const MOST_FINDERS: usize = 300;

/// The patterns of those that are put together.
const BEST_FINDERS: usize = 48;

/// The patterns of a picture, those that most rows crossed first.
pub(super) fn finders(binary: &Binary) -> Vec<Finder> {
    let mut found: Vec<Finder> = Vec::new();
    for y in 0..binary.height {
        let mut runs = [0_usize; 5];
        let mut last = false;
        let mut run = 0;
        // A light pixel behind the last one ends what is dark up to the edge.
        for (x, &is_dark) in binary.row(y).iter().chain([&false]).enumerate() {
            if is_dark == last {
                run += 1;
                continue;
            }
            runs.rotate_left(1);
            runs[4] = run;
            (run, last) = (1, is_dark);
            if is_dark || !is_like_finder(&runs) {
                continue;
            }
            let centre = x - runs[4] - runs[3] - runs[2].div_ceil(2);
            if let Some(finder) = checked(binary, centre as i32, y as i32, &runs) {
                add(&mut found, finder);
            }
        }
        if found.len() > MOST_FINDERS {
            break;
        }
    }
    found.retain(|finder| finder.hits > 1);
    found.sort_by_key(|finder| std::cmp::Reverse(finder.hits));
    found.truncate(BEST_FINDERS);
    found
}

/// Whether runs of dark, light, dark, light and dark are as 1:1:3:1:1.
fn is_like_finder(runs: &[usize; 5]) -> bool {
    let total: usize = runs.iter().sum();
    if total < 7 || runs.contains(&0) {
        return false;
    }
    let module = total as f32 / 7.0;
    let allowed = module * 0.5 + 0.5;
    let is_near = |run: usize, modules: f32| (run as f32 - modules * module).abs() < allowed * modules.min(2.0);
    runs.iter().zip([1.0, 1.0, 3.0, 1.0, 1.0]).all(|(run, modules)| is_near(*run, modules))
}

/// The pattern around a dark place, if the runs of its column, and of its row again, are those of one.
fn checked(binary: &Binary, x: i32, y: i32, row: &[usize; 5]) -> Option<Finder> {
    let wide: usize = row.iter().sum();
    let (column, below) = runs_through(binary, x, y, (0, 1), 2 * wide)?;
    let high: usize = column.iter().sum();
    // Seen from the side, but not from its edge.
    if high > 3 * wide || wide > 3 * high {
        return None;
    }
    let y = y + below;
    let (row, right) = runs_through(binary, x, y, (1, 0), 2 * wide)?;
    let wide: usize = row.iter().sum();
    let centre = Point { x: (x + right) as f32 + 0.5, y: y as f32 + 0.5 };
    Some(Finder { centre, module: (wide + high) as f32 / 14.0, hits: 1 })
}

/// The five runs through a dark place, and how far the middle of the middle one is from it.
fn runs_through(binary: &Binary, x: i32, y: i32, (dx, dy): (i32, i32), most: usize) -> Option<([usize; 5], i32)> {
    if !binary.is_dark(x, y) {
        return None;
    }
    let walk = |direction: i32| {
        let mut runs = [0; 3];
        let mut distance = 0;
        for (run, is_dark) in runs.iter_mut().zip([true, false, true]) {
            while *run <= most && binary.is_dark(x + distance * dx, y + distance * dy) == is_dark {
                *run += 1;
                distance += direction;
            }
        }
        runs
    };
    let (before, after) = (walk(-1), walk(1));
    // The place itself is in both.
    let runs = [before[2], before[1], before[0] + after[0] - 1, after[1], after[2]];
    is_like_finder(&runs).then_some((runs, (after[0] as i32 - before[0] as i32) / 2))
}

/// Counts a pattern with what is known of it.
fn add(found: &mut Vec<Finder>, finder: Finder) {
    let is_same = |known: &&mut Finder| {
        (known.centre - finder.centre).length() < 2.0 * known.module.max(finder.module)
            && (known.module - finder.module).abs() < 0.5 * known.module.max(2.0)
    };
    let Some(known) = found.iter_mut().find(is_same) else { return found.push(finder) };
    let weight = 1.0 / (known.hits + 1) as f32;
    known.centre = known.centre + (finder.centre - known.centre) * weight;
    known.module += (finder.module - known.module) * weight;
    known.hits += 1;
}

/// The patterns, three by three, that may be one code, the most regular ones first.
pub(super) fn corners(finders: &[Finder], most: usize) -> Vec<Corners> {
    let mut found = Vec::new();
    for (at, first) in finders.iter().enumerate() {
        for (at, second) in finders.iter().enumerate().skip(at + 1) {
            found.extend(finders.iter().skip(at + 1).filter_map(|third| arranged([*first, *second, *third])));
        }
    }
    found.sort_by(|a, b| a.distortion.total_cmp(&b.distortion));
    found.truncate(most);
    found
}

/// Which of three patterns is in the corner, if they can be a code.
fn arranged(finders: [Finder; 3]) -> Option<Corners> {
    let [a, b, c] = finders;
    let modules = finders.map(|finder| finder.module);
    let (least, most) = (modules[0].min(modules[1]).min(modules[2]), modules[0].max(modules[1]).max(modules[2]));
    if most > 2.0 * least {
        return None;
    }
    // The corner is opposite of the longest side.
    let length = |a: Finder, b: Finder| (a.centre - b.centre).length();
    let sides = [length(b, c), length(a, c), length(a, b)];
    let (corner, mut across, mut down) = if sides[0] >= sides[1] && sides[0] >= sides[2] {
        (a, b, c)
    } else if sides[1] >= sides[2] {
        (b, a, c)
    } else {
        (c, a, b)
    };
    if (across.centre - corner.centre).cross(down.centre - corner.centre) < 0.0 {
        (across, down) = (down, across);
    }
    let (right, below) = (across.centre - corner.centre, down.centre - corner.centre);
    let (long, short) = (right.length().max(below.length()), right.length().min(below.length()));
    let cosine = right.dot(below).abs() / (right.length() * below.length());
    let average = (modules[0] + modules[1] + modules[2]) / 3.0;
    // The middles of two corners are 14 modules apart in the smallest code and 170 in the largest.
    if short < 9.0 * average || long > 190.0 * average || long > 2.2 * short || cosine > 0.7 {
        return None;
    }
    let distortion = (long / short - 1.0) + cosine + (most / least - 1.0);
    Some(Corners { corner, across, down, distortion })
}
