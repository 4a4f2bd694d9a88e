//! Which pixels of a picture are dark.

use super::grey::Grey;
use super::point::Point;

/// A picture in black and white.
pub(super) struct Binary {
    pub(super) width: usize,
    pub(super) height: usize,
    dark: Vec<bool>,
}

impl Binary {
    /// A pixel is dark when it has less than so many hundredths of the light around it, so that shadows do not count. The
    /// surroundings are a square with this radius, at most 64.
    pub(super) fn new(grey: &Grey, radius: usize, hundredths: u32) -> Self {
        let (width, height) = (grey.width, grey.height);
        let mut dark = Vec::with_capacity(width * height);
        // The sum of each column of the surroundings.
        let mut columns = vec![0_u32; width];
        for y in 0..radius.min(height) {
            add(&mut columns, grey.row(y));
        }
        for y in 0..height {
            if y + radius < height {
                add(&mut columns, grey.row(y + radius));
            }
            if let Some(left) = y.checked_sub(radius + 1) {
                columns.iter_mut().zip(grey.row(left)).for_each(|(sum, pixel)| *sum -= u32::from(*pixel));
            }
            let rows = (y + radius + 1).min(height) - y.saturating_sub(radius);
            let mut sum: u32 = columns[..radius.min(width)].iter().sum();
            for (x, pixel) in grey.row(y).iter().enumerate() {
                sum += columns.get(x + radius).unwrap_or(&0);
                sum -= x.checked_sub(radius + 1).map_or(0, |left| columns[left]);
                let area = rows * ((x + radius + 1).min(width) - x.saturating_sub(radius));
                dark.push(u32::from(*pixel) * area as u32 * 100 < sum * hundredths);
            }
        }
        Self { width, height, dark }
    }

    /// Whether a pixel is dark. There is none outside.
    pub(super) fn is_dark(&self, x: i32, y: i32) -> bool {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return false };
        x < self.width && y < self.height && self.dark[y * self.width + x]
    }

    pub(super) fn is_dark_at(&self, point: Point) -> bool {
        self.is_dark(point.x.floor() as i32, point.y.floor() as i32)
    }

    pub(super) fn row(&self, y: usize) -> &[bool] {
        &self.dark[y * self.width..][..self.width]
    }
}

fn add(columns: &mut [u32], row: &[u8]) {
    columns.iter_mut().zip(row).for_each(|(sum, pixel)| *sum += u32::from(*pixel));
}
