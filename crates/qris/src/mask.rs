//! Which mask a code is drawn with: the one that leaves the fewest patterns that readers stumble over.
//!
//! The encoder does the same with a module at a time, which takes ten times as long as all the rest of a drawing.

use qrcode::Color;
use qrcode::canvas::{Canvas, MaskPattern, Module};

/// The masks, in the standard's order, and whether they invert the module of a column and a row.
type Mask = (MaskPattern, fn(usize, usize) -> bool);

const MASKS: [Mask; 8] = [
    (MaskPattern::Checkerboard, |x, y| (x + y) % 2 == 0),
    (MaskPattern::HorizontalLines, |_, y| y % 2 == 0),
    (MaskPattern::VerticalLines, |x, _| x % 3 == 0),
    (MaskPattern::DiagonalLines, |x, y| (x + y) % 3 == 0),
    (MaskPattern::LargeCheckerboard, |x, y| (x / 3 + y / 2) % 2 == 0),
    (MaskPattern::Fields, |x, y| (x * y) % 2 + (x * y) % 3 == 0),
    (MaskPattern::Diamonds, |x, y| ((x * y) % 2 + (x * y) % 3) % 2 == 0),
    (MaskPattern::Meadow, |x, y| ((x + y) % 2 + (x * y) % 3) % 2 == 0),
];

/// The mask for a code whose patterns and data are drawn: the one with the least penalty by ISO/IEC 18004, 7.8.3. The
/// format information, which names the mask, is left out of account.
pub(crate) fn best(canvas: &Canvas, width: usize) -> MaskPattern {
    let rows = Lines::new(canvas, width, |along, line| (along, line));
    let columns = Lines::new(canvas, width, |along, line| (line, along));
    let penalty = |(_, inverts): &Mask| {
        let rows = rows.masked(inverts);
        let columns = columns.masked(|along, line| inverts(line, along));
        along_lines(&rows, width) + along_lines(&columns, width) + blocks(&rows, width) + balance(&rows, width)
    };
    MASKS.iter().min_by_key(|mask| penalty(mask)).map_or(MaskPattern::Checkerboard, |(pattern, _)| *pattern)
}

/// The modules of a row or column, the first in the lowest bit. The widest code has 177.
#[derive(Clone, Copy, Default)]
struct Line([u64; 3]);

impl Line {
    /// The first modules of a line.
    fn first(count: usize) -> Self {
        (0..count).fold(Self::default(), |mut line, at| {
            line.set(at);
            line
        })
    }

    fn set(&mut self, at: usize) {
        self.0[at / 64] |= 1 << (at % 64);
    }

    /// Each module has the value of the one so many places behind it, fewer than 64.
    fn ahead(self, places: u32) -> Self {
        let [low, middle, high] = self.0;
        let back = 64 - places;
        Self([low >> places | middle << back, middle >> places | high << back, high >> places])
    }

    /// Each module has the value of the one so many places before it, fewer than 64.
    fn behind(self, places: u32) -> Self {
        let [low, middle, high] = self.0;
        let back = 64 - places;
        Self([low << places, middle << places | low >> back, high << places | middle >> back])
    }

    fn zip(self, other: Self, function: impl Fn(u64, u64) -> u64) -> Self {
        let ([a, b, c], [d, e, f]) = (self.0, other.0);
        Self([function(a, d), function(b, e), function(c, f)])
    }

    fn and(self, other: Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    fn and_not(self, other: Self) -> Self {
        self.zip(other, |a, b| a & !b)
    }

    fn count(self) -> u32 {
        self.0.iter().map(|part| part.count_ones()).sum()
    }
}

/// The rows or the columns of a code that is not masked yet.
struct Lines {
    dark: Vec<Line>,
    /// Which modules a mask may invert.
    data: Vec<Line>,
}

impl Lines {
    fn new(canvas: &Canvas, width: usize, place: impl Fn(usize, usize) -> (usize, usize)) -> Self {
        let mut lines = Self { dark: vec![Line::default(); width], data: vec![Line::default(); width] };
        for line in 0..width {
            for along in 0..width {
                let (x, y) = place(along, line);
                let module = canvas.get(x as i16, y as i16);
                if Color::from(module) == Color::Dark {
                    lines.dark[line].set(along);
                }
                if matches!(module, Module::Unmasked(_)) {
                    lines.data[line].set(along);
                }
            }
        }
        lines
    }

    fn masked(&self, inverts: impl Fn(usize, usize) -> bool) -> Vec<Line> {
        // Every mask repeats itself after twelve lines, and after twelve modules in a line.
        let period: Vec<Line> = (0..12)
            .map(|line| {
                let twelve = (0..12).filter(|along| inverts(*along, line)).fold(0, |bits, along| bits | 1_u64 << along);
                let sixty = (0..5).fold(0, |bits, times| bits | twelve << (12 * times));
                let part = |from: u32| sixty >> from | sixty << (60 - from);
                // 64 modules are four more than five times twelve.
                Line([part(0), part(4), part(8)])
            })
            .collect();
        let lines = self.dark.iter().zip(&self.data).zip(period.iter().cycle());
        lines.map(|((dark, data), mask)| dark.zip(data.and(*mask), |dark, invert| dark ^ invert)).collect()
    }
}

/// Penalties within lines: 3 for five modules of a colour and 1 for each one more, and 40 for what looks like a finder
/// pattern with four light modules beside it.
fn along_lines(lines: &[Line], width: usize) -> u32 {
    let pairs = Line::first(width - 1);
    let of = |line: Line| {
        let same = pairs.and_not(line.zip(line.ahead(1), |a, b| a ^ b));
        // Where five modules of a colour begin: one place in a run of five, two in a run of six.
        let fives = same.and(same.ahead(1)).and(same.ahead(2)).and(same.ahead(3));
        let runs = fives.and_not(fives.ahead(1));
        let finder = line.and_not(line.ahead(1)).and(line.ahead(2)).and(line.ahead(3)).and(line.ahead(4));
        let finder = finder.and_not(line.ahead(5)).and(line.ahead(6));
        let dark_before = (1..=4).fold(Line::default(), |dark, places| dark.zip(line.behind(places), |a, b| a | b));
        let dark_after = (7..=10).fold(Line::default(), |dark, places| dark.zip(line.ahead(places), |a, b| a | b));
        let finders = finder.and_not(dark_before.and(dark_after));
        fives.count() + 2 * runs.count() + 40 * finders.count()
    };
    lines.iter().map(|line| of(*line)).sum()
}

/// Penalties of 3 for each square of four modules of a colour.
fn blocks(rows: &[Line], width: usize) -> u32 {
    let pairs = Line::first(width - 1);
    let same = |line: Line| pairs.and_not(line.zip(line.ahead(1), |a, b| a ^ b));
    let two = |(upper, lower): (&Line, &Line)| {
        same(*upper).and(same(*lower)).and_not(upper.zip(*lower, |a, b| a ^ b)).count()
    };
    rows.iter().zip(&rows[1..]).map(two).sum::<u32>() * 3
}

/// The penalty of 10 for each 5 % that the dark modules are away from the half.
fn balance(rows: &[Line], width: usize) -> u32 {
    let dark: u32 = rows.iter().map(|row| row.count()).sum();
    let all = (width * width) as u32;
    (20 * dark).abs_diff(10 * all) / all * 10
}

#[cfg(test)]
mod tests {
    use qrcode::{EcLevel, QrCode, Version};

    use super::*;

    /// The penalty by the definition, a module at a time.
    fn slow(code: &[Vec<bool>]) -> u32 {
        let width = code.len();
        let mut total = 0;
        let columns: Vec<Vec<bool>> = (0..width).map(|x| code.iter().map(|row| row[x]).collect()).collect();
        for line in code.iter().chain(&columns) {
            for run in line.chunk_by(|a, b| a == b).filter(|run| run.len() >= 5) {
                total += run.len() as u32 - 2;
            }
            for at in 0..width - 6 {
                let is_light = |place: i32| usize::try_from(place).ok().and_then(|at| line.get(at)) != Some(&true);
                let at_start = at as i32;
                let beside =
                    (1..5).all(|away| is_light(at_start - away)) || (7..11).all(|away| is_light(at_start + away));
                if line[at..at + 7] == [true, false, true, true, true, false, true] && beside {
                    total += 40;
                }
            }
        }
        for y in 1..width {
            for x in 1..width {
                let four = [code[y - 1][x - 1], code[y - 1][x], code[y][x - 1], code[y][x]];
                total += if four.iter().all(|module| *module == four[0]) { 3 } else { 0 };
            }
        }
        let dark = code.iter().flatten().filter(|module| **module).count() as f64;
        total + ((dark / (width * width) as f64 * 100.0 - 50.0).abs() / 5.0).floor() as u32 * 10
    }

    #[test]
    fn lines_at_once_cost_what_module_by_module_do() {
        for version in [1, 8, 13, 14, 40] {
            let code = QrCode::with_version(b"00020101021126", Version::Normal(version), EcLevel::M).unwrap();
            let width = code.width();
            let modules: Vec<Vec<bool>> = code
                .to_colors()
                .chunks(width)
                .map(|row| row.iter().map(|color| *color == Color::Dark).collect())
                .collect();
            let line = |modules: &[bool]| {
                let mut line = Line::default();
                modules.iter().enumerate().filter(|(_, is_dark)| **is_dark).for_each(|(at, _)| line.set(at));
                line
            };
            let rows: Vec<Line> = modules.iter().map(|row| line(row)).collect();
            let column = |x: usize| line(&modules.iter().map(|row| row[x]).collect::<Vec<_>>());
            let columns: Vec<Line> = (0..width).map(column).collect();
            let fast = along_lines(&rows, width) + along_lines(&columns, width);
            assert_eq!(fast + blocks(&rows, width) + balance(&rows, width), slow(&modules), "version {version}");
        }
    }

    #[test]
    fn every_mask_inverts_what_its_formula_says() {
        let lines = Lines { dark: vec![Line::default(); 177], data: vec![Line::first(177); 177] };
        for (pattern, inverts) in MASKS {
            let masked = lines.masked(inverts);
            for (y, row) in masked.iter().enumerate() {
                for x in 0..177 {
                    assert_eq!(row.0[x / 64] >> (x % 64) & 1 == 1, inverts(x, y), "{pattern:?} {x} {y}");
                }
            }
        }
    }
}
