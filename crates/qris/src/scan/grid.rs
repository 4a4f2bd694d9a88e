//! Where the modules of a code are in a picture, and which of them are dark.

use super::binary::Binary;
use super::finder::Corners;
use super::grey::Grey;
use super::layout::{self, Known};
use super::point::Point;

/// A plane seen from anywhere: where the middles of three corners are, and how it recedes from the first to the others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    /// Modules on each side.
    pub(super) size: usize,
    corner: Point,
    across: Point,
    down: Point,
    recedes_across: f32,
    recedes_down: f32,
}

/// The middle of a corner's pattern, in modules from the corner.
const MIDDLE: f32 = 3.5;

impl Grid {
    /// The grid through the middles of three corners, and through a fourth place, in modules from the first corner.
    fn new(size: usize, corners: &Corners, (modules, fourth): (f32, Point)) -> Option<Self> {
        let [corner, across, down] = [corners.corner, corners.across, corners.down].map(|finder| finder.centre);
        let part = (modules - MIDDLE) / (size as f32 - 2.0 * MIDDLE);
        // The fourth place is (corner + part * a + part * d) / (1 + part * ra + part * rd), where a is
        // across * (1 + ra) - corner and d is down * (1 + rd) - corner.
        let (from_across, from_down) = (across - fourth, down - fourth);
        let known = fourth - corner - (across - corner) * part - (down - corner) * part;
        let determinant = from_across.cross(from_down);
        let recedes_across = known.cross(from_down) / (determinant * part);
        let recedes_down = from_across.cross(known) / (determinant * part);
        let is_sound = |recedes: f32| recedes.is_finite() && recedes.abs() < 0.9;
        (is_sound(recedes_across) && is_sound(recedes_down) && 1.0 + recedes_across + recedes_down > 0.2)
            .then_some(Self { size, corner, across, down, recedes_across, recedes_down })
    }

    /// Where a place of the code is in the picture; in modules from the first corner.
    fn place(&self, column: f32, row: f32) -> Point {
        let modules = self.size as f32 - 2.0 * MIDDLE;
        let (s, t) = ((column - MIDDLE) / modules, (row - MIDDLE) / modules);
        let a = self.across * (1.0 + self.recedes_across) - self.corner;
        let d = self.down * (1.0 + self.recedes_down) - self.corner;
        (self.corner + a * s + d * t) * (1.0 / (1.0 + self.recedes_across * s + self.recedes_down * t))
    }

    /// How many of the known modules are as they must be.
    fn fitness(&self, binary: &Binary, known: &[Known]) -> usize {
        known
            .iter()
            .filter(|&&(column, row, is_dark)| binary.is_dark_at(self.place(column + 0.5, row + 0.5)) == is_dark)
            .count()
    }

    /// Moves the grid a little, each way in turn, as long as more of the known modules are as they must be.
    fn refine(&mut self, binary: &Binary, known: &[Known]) -> usize {
        let side = (self.across - self.corner).length().max((self.down - self.corner).length());
        let mut best = self.fitness(binary, known);
        // In pixels; at first more than half of a module.
        let mut step = 0.6 * side / self.size as f32;
        for _ in 0..5 {
            for change in 0..16 {
                let mut moved = *self;
                let by = if change % 2 == 0 { step } else { -step };
                match change / 2 {
                    0 => moved.corner.x += by,
                    1 => moved.corner.y += by,
                    2 => moved.across.x += by,
                    3 => moved.across.y += by,
                    4 => moved.down.x += by,
                    5 => moved.down.y += by,
                    6 => moved.recedes_across += by / side,
                    _ => moved.recedes_down += by / side,
                }
                let fitness = moved.fitness(binary, known);
                if fitness > best {
                    (*self, best) = (moved, fitness);
                }
            }
            step *= 0.6;
        }
        best
    }

    /// The modules, one pixel for each, from black to white.
    pub(super) fn modules(&self, grey: &Grey) -> Grey {
        const OFFSETS: [(f32, f32); 5] = [(0.5, 0.5), (0.3, 0.3), (0.7, 0.3), (0.3, 0.7), (0.7, 0.7)];
        let modules = (0..self.size).flat_map(|row| (0..self.size).map(move |column| (column as f32, row as f32)));
        let lights: Vec<f32> = modules
            .map(|(column, row)| OFFSETS.iter().map(|(x, y)| grey.light_at(self.place(column + x, row + y))).sum())
            .collect();
        let (least, most) = lights.iter().fold((f32::MAX, 0.0_f32), |(a, b), light| (a.min(*light), b.max(*light)));
        let scale = 255.0 / (most - least).max(1.0);
        let pixels = lights.into_iter().map(|light| ((light - least) * scale) as u8).collect();
        Grey { width: self.size, height: self.size, pixels }
    }
}

/// The grids that a code in these corners may have, the best first.
pub(super) fn grids(binary: &Binary, corners: &Corners) -> Vec<Grid> {
    let Some(modules) = modules_between(binary, corners) else { return Vec::new() };
    let mut found = Vec::new();
    for size in layout::sizes(modules) {
        let known = layout::known(size);
        let grids = fourths(binary, corners, size).into_iter().filter_map(|fourth| Grid::new(size, corners, fourth));
        found.extend(grids.map(|grid| (grid.fitness(binary, &known) as f32 / known.len() as f32, grid)));
    }
    best(&mut found, 4);
    for (fitness, grid) in &mut found {
        let known = layout::known(grid.size);
        *fitness = grid.refine(binary, &known) as f32 / known.len() as f32;
    }
    best(&mut found, 2);
    found.into_iter().filter(|(fitness, _)| *fitness > LEAST_FITNESS).map(|(_, grid)| grid).collect()
}

fn best(grids: &mut Vec<(f32, Grid)>, most: usize) {
    grids.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    grids.truncate(most);
}

/// How many of the known modules must be right at least. By chance it is half of them.
const LEAST_FITNESS: f32 = 0.75;

/// How many modules a side has, by the modules within the corners.
fn modules_between(binary: &Binary, corners: &Corners) -> Option<f32> {
    let along = |from: Point, to: Point| {
        let way = (to - from) * (1.0 / (to - from).length());
        let ends = [(from, 1.0), (from, -1.0), (to, -1.0), (to, 1.0)];
        let halves: Vec<f32> = ends.iter().filter_map(|(end, side)| half_finder(binary, *end, way * *side)).collect();
        let module = halves.iter().sum::<f32>() / (halves.len() as f32 * MIDDLE);
        (!halves.is_empty()).then_some((to - from).length() / module + 2.0 * MIDDLE)
    };
    let corner = corners.corner.centre;
    let sides = [along(corner, corners.across.centre), along(corner, corners.down.centre)];
    let known: Vec<f32> = sides.into_iter().flatten().collect();
    (!known.is_empty()).then_some(known.iter().sum::<f32>() / known.len() as f32)
}

/// How far it is from the middle of a corner's pattern to its end.
fn half_finder(binary: &Binary, middle: Point, way: Point) -> Option<f32> {
    const STEP: f32 = 0.25;
    const MOST: f32 = 1000.0;
    let mut distance = 0.0;
    for is_dark in [true, false, true] {
        while binary.is_dark_at(middle + way * distance) == is_dark {
            distance += STEP;
            if distance > MOST {
                return None;
            }
        }
    }
    Some(distance)
}

/// Where the fourth place of a grid may be: the alignment pattern in the lower right, or the fourth corner of a
/// parallelogram.
fn fourths(binary: &Binary, corners: &Corners, size: usize) -> Vec<(f32, Point)> {
    let [corner, across, down] = [corners.corner, corners.across, corners.down].map(|finder| finder.centre);
    let modules = size as f32 - 2.0 * MIDDLE;
    // A module to the right and one below, as in the middle of the code.
    let (right, below) = ((across - corner) * (1.0 / modules), (down - corner) * (1.0 / modules));
    let mut found = vec![(size as f32 - MIDDLE, across + down - corner)];
    if size == 21 {
        return found;
    }
    let middle = size as f32 - 6.5;
    let expected = corner + (right + below) * (middle - MIDDLE);
    let reach = (size as f32 * REACH) as i32 * 2;
    let mut places: Vec<(usize, Point)> = Vec::new();
    for up_and_down in -reach..=reach {
        for left_and_right in -reach..=reach {
            let place = expected + right * (left_and_right as f32 / 2.0) + below * (up_and_down as f32 / 2.0);
            let score = like_alignment(binary, place, right, below);
            if score >= 21 {
                places.push((score, place));
            }
        }
    }
    places.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let near = 2.0 * right.length().max(below.length());
    for (_, place) in places {
        if found.len() > 4 {
            break;
        }
        let is_new = |(modules, known): &(f32, Point)| *modules != middle || (*known - place).length() > near;
        if found.iter().all(is_new) {
            found.push((middle, place));
        }
    }
    found
}

/// How far the alignment pattern is looked for from where it would be in a parallelogram, as a part of the side.
const REACH: f32 = 0.16;

/// How many of the 25 modules around a place are as in an alignment pattern.
fn like_alignment(binary: &Binary, middle: Point, right: Point, below: Point) -> usize {
    let modules = (-2..=2_i32).flat_map(|row| (-2..=2_i32).map(move |column| (column, row)));
    modules
        .filter(|(column, row)| {
            let place = middle + right * *column as f32 + below * *row as f32;
            binary.is_dark_at(place) == (column.abs().max(row.abs()) != 1)
        })
        .count()
}
