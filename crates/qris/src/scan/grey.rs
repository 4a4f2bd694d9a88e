//! A picture in shades of grey.

use super::point::Point;

/// A picture in shades of grey, 0 for black.
pub(super) struct Grey {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<u8>,
}

impl Grey {
    pub(super) fn row(&self, y: usize) -> &[u8] {
        &self.pixels[y * self.width..][..self.width]
    }

    /// The picture with half the width and height.
    pub(super) fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            let (upper, lower) = (self.row(2 * y).as_chunks::<2>().0, self.row(2 * y + 1).as_chunks::<2>().0);
            pixels.extend(upper.iter().zip(lower).map(|(&[a, b], &[c, d])| {
                let sum = u16::from(a) + u16::from(b) + u16::from(c) + u16::from(d);
                (sum / 4) as u8
            }));
        }
        Self { width, height, pixels }
    }

    /// The picture with twice the width and height.
    pub(super) fn doubled(&self) -> Self {
        let (width, height) = (2 * self.width, 2 * self.height);
        let at =
            |x: usize, y: usize| self.light_at(Point { x: (x as f32 + 0.5) / 2.0, y: (y as f32 + 0.5) / 2.0 }) as u8;
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| at(x, y)).collect();
        Self { width, height, pixels }
    }

    /// White for black.
    pub(super) fn inverted(mut self) -> Self {
        self.pixels.iter_mut().for_each(|pixel| *pixel = 255 - *pixel);
        self
    }

    /// The picture with what lies between light and dark made more of, against blur.
    pub(super) fn sharpened(&self, strength: f32) -> Self {
        let at = |x: usize, y: usize| f32::from(self.pixels[y * self.width + x]);
        let (right, below) = (self.width - 1, self.height - 1);
        let sharp = |(x, y): (usize, usize)| {
            let around = at(x.saturating_sub(1), y) + at((x + 1).min(right), y) + at(x, y.saturating_sub(1));
            let around = around + at(x, (y + 1).min(below));
            (at(x, y) + strength * (4.0 * at(x, y) - around)) as u8
        };
        let pixels = (0..self.height).flat_map(|y| (0..self.width).map(move |x| (x, y))).map(sharp).collect();
        Self { width: self.width, height: self.height, pixels }
    }

    /// The light at a place, between the four pixels around it. What is outside is as the edge.
    pub(super) fn light_at(&self, point: Point) -> f32 {
        let (x, y) = (point.x - 0.5, point.y - 0.5);
        let (right, below) = (x - x.floor(), y - y.floor());
        let at = |x: f32, y: f32| {
            let x = x.clamp(0.0, (self.width - 1) as f32) as usize;
            let y = y.clamp(0.0, (self.height - 1) as f32) as usize;
            f32::from(self.pixels[y * self.width + x])
        };
        let (x, y) = (x.floor(), y.floor());
        let upper = at(x, y) * (1.0 - right) + at(x + 1.0, y) * right;
        let lower = at(x, y + 1.0) * (1.0 - right) + at(x + 1.0, y + 1.0) * right;
        upper * (1.0 - below) + lower * below
    }
}
