//! The texts of all QR codes in a picture.

use rqrr::SimpleGrid;

use super::binary::Binary;
use super::finder::{self, Finder};
use super::grey::Grey;
use super::grid::{self, Grid};

/// What is still looked at, so that no picture takes long.
struct Search {
    found: Vec<Vec<u8>>,
    /// How many groups of three corners may still be tried.
    groups: usize,
}

/// The most groups of three corners that are tried in a picture.
const MOST_GROUPS: usize = 100;

/// The most groups of three corners that are tried in one way to look at a picture.
const GROUPS_AT_ONCE: usize = 16;

/// The shorter side of the smallest picture that is looked at, in pixels.
const LEAST_SIDE: usize = 60;

/// The most pixels of a picture that is looked at as it is.
const MOST_PIXELS: usize = 3 << 20;

/// The most pixels of a picture that is doubled.
const MOST_DOUBLED: usize = 1 << 20;

/// The texts of all codes in a picture, each once.
///
/// It is looked at in several sizes, as each suits codes of some sizes, until one way to tell dark from light finds a code.
pub(super) fn texts(mut grey: Grey) -> Vec<Vec<u8>> {
    while grey.pixels.len() > MOST_PIXELS {
        grey = grey.halved();
    }
    let mut search = Search { found: Vec::new(), groups: MOST_GROUPS };
    let mut sizes = vec![grey];
    while let Some(last) = sizes.last().filter(|last| last.width.min(last.height) >= 2 * LEAST_SIDE) {
        sizes.push(last.halved());
    }
    for radius in [20, 56] {
        for grey in &sizes {
            search.look(grey, radius);
        }
        if !search.found.is_empty() {
            return search.found;
        }
    }
    if sizes[0].pixels.len() <= MOST_DOUBLED {
        search.look(&sizes[0].doubled(), 40);
    }
    for grey in sizes {
        if !search.found.is_empty() {
            break;
        }
        search.look(&grey.inverted(), 20);
    }
    search.found
}

impl Search {
    /// Looks for codes in one size of a picture, with surroundings of a radius to tell dark from light.
    fn look(&mut self, grey: &Grey, radius: usize) {
        let binary = Binary::new(grey, radius, 95);
        let finders = finder::finders(&binary);
        let mut used: Vec<Finder> = Vec::new();
        for corners in finder::corners(&finders, GROUPS_AT_ONCE) {
            let three = [corners.corner, corners.across, corners.down];
            let is_used = |finder: &Finder| used.iter().any(|used| used.centre == finder.centre);
            if three.iter().any(is_used) {
                continue;
            }
            let Some(left) = self.groups.checked_sub(1) else { return };
            self.groups = left;
            if let Some(text) = grid::grids(&binary, &corners).iter().find_map(|grid| read(grid, grey)) {
                used.extend(three);
                if !self.found.contains(&text) {
                    self.found.push(text);
                }
            }
        }
    }
}

/// The text of a code, if its errors can be corrected.
fn read(grid: &Grid, grey: &Grey) -> Option<Vec<u8>> {
    let modules = grid.modules(grey);
    [0.0, 0.2, 0.5].into_iter().find_map(|strength| {
        let binary = Binary::new(&modules.sharpened(strength), 6, 100);
        let modules = SimpleGrid::from_func(grid.size, |x, y| binary.is_dark(x as i32, y as i32));
        let mut text = Vec::new();
        rqrr::Grid::new(modules).decode_to(&mut text).ok().map(|_| text)
    })
}
