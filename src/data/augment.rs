//! [`Augment`]: other images of the same thing.

use crate::rand_core::Rng;
use crate::{Real, Scalar};

/// Changes images `[channels, height, width]` at random, so that a network learns what does not matter: with each setting that is
/// made, in this order. An image is changed the same way by the same generator.
///
/// | Setting | |
/// |---|---|
/// | [`flip`](Self::flip) | every second one is mirrored, left to right |
/// | [`rotate`](Self::rotate), [`shift`](Self::shift) | turned about the middle, then moved; linear between pixels |
/// | [`noise`](Self::noise) | a normal number is added to each pixel |
/// | [`cutout`](Self::cutout) | a square is covered (DeVries and Taylor, [arXiv:1708.04552](https://arxiv.org/abs/1708.04552)) |
///
/// What comes from outside of the image, and the square, is [`fill`](Self::fill).
///
/// ```
/// use backprop::{data::Augment, trainer::source};
/// let augment = Augment::new([1, 8, 8]).rotate(10.0).shift(1.0).noise(0.02);
/// let (images, labels) = (vec![[0.5_f32; 64]; 10], [0_u8; 10]);
/// let source = source::indexed(10, |at| (augment.apply(&images[at.index], &mut at.rng()), labels[at.index]));
/// // trainer.fit_from(&mut net, source, &Fit::epochs(20).shuffle(1).validate(…))?
/// # let _: source::Indexed<_> = source;
/// # assert_ne!(augment.apply(&images[0], &mut backprop::rng(1)), images[0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Augment {
    shape: [usize; 3],
    flip: bool,
    degrees: f64,
    shift: f64,
    noise: f64,
    cutout: usize,
    fill: f64,
}

impl Augment {
    /// Leaves images `[channels, height, width]` as they are.
    pub const fn new(shape: [usize; 3]) -> Self {
        Self { shape, flip: false, degrees: 0.0, shift: 0.0, noise: 0.0, cutout: 0, fill: 0.0 }
    }

    /// Mirrors every second image, left to right. Not for digits and letters.
    #[must_use]
    pub const fn flip(self) -> Self {
        Self { flip: true, ..self }
    }

    /// Turns by an angle of up to so many degrees, in either direction.
    #[must_use]
    pub const fn rotate(self, degrees: f64) -> Self {
        Self { degrees, ..self }
    }

    /// Moves by up to so many pixels, in either direction, along each axis.
    #[must_use]
    pub const fn shift(self, pixels: f64) -> Self {
        Self { shift: pixels, ..self }
    }

    /// Adds a normal number of this deviation to each pixel.
    #[must_use]
    pub const fn noise(self, deviation: f64) -> Self {
        Self { noise: deviation, ..self }
    }

    /// Covers a square of so many pixels a side, whose middle lies anywhere in the image.
    #[must_use]
    pub const fn cutout(self, side: usize) -> Self {
        Self { cutout: side, ..self }
    }

    /// What is outside of the image: 0 unless set. Of images that are normalised, what the background has become.
    #[must_use]
    pub const fn fill(self, value: f64) -> Self {
        Self { fill: value, ..self }
    }

    /// An image, changed.
    ///
    /// # Panics
    /// If the image does not have the pixels of the shape.
    pub fn apply<S: Scalar, const N: usize>(&self, image: &[S; N], rng: &mut (impl Rng + ?Sized)) -> [S; N] {
        let [channels, height, width] = self.shape;
        assert_eq!(N, channels * height * width, "an image of {N} numbers is not of shape {:?}", self.shape);
        let mut changed = *image;
        if self.flip && rng.next_u32().is_multiple_of(2) {
            changed.chunks_exact_mut(width.max(1)).for_each(<[S]>::reverse);
        }
        if self.degrees != 0.0 || self.shift != 0.0 {
            let mut draw = |most: f64| most * (2.0 * f64::uniform(rng.next_u64()) - 1.0);
            let (angle, down, right) = (draw(self.degrees).to_radians(), draw(self.shift), draw(self.shift));
            self.transform(&mut changed, angle, [down, right]);
        }
        if self.noise != 0.0 {
            for pixel in &mut changed {
                *pixel += S::real(Real::new(self.noise * normal(rng)));
            }
        }
        if self.cutout > 0 {
            self.cover(&mut changed, rng);
        }
        changed
    }

    /// Looks for each pixel where it comes from.
    fn transform<S: Scalar, const N: usize>(&self, image: &mut [S; N], angle: f64, [down, right]: [f64; 2]) {
        let [_, height, width] = self.shape;
        let (sin, cos) = angle.sin_cos();
        let middle = [(height as f64 - 1.0) / 2.0, (width as f64 - 1.0) / 2.0];
        let old = *image;
        let planes = old.chunks_exact((height * width).max(1));
        for (from, to) in planes.zip(image.chunks_exact_mut((height * width).max(1))) {
            for (place, pixel) in to.iter_mut().enumerate() {
                let y = (place / width) as f64 - middle[0] - down;
                let x = (place % width) as f64 - middle[1] - right;
                *pixel = self.between(from, cos * y - sin * x + middle[0], sin * y + cos * x + middle[1]);
            }
        }
    }

    /// The value of a plane between its pixels.
    fn between<S: Scalar>(&self, plane: &[S], y: f64, x: f64) -> S {
        let [_, height, width] = self.shape;
        let at = |y: f64, x: f64| {
            let inside = y >= 0.0 && x >= 0.0 && y < height as f64 && x < width as f64;
            let pixel = plane.get(y as usize * width + x as usize).filter(|_| inside);
            pixel.copied().unwrap_or_else(|| S::real(Real::new(self.fill)))
        };
        let (top, left) = (y.floor(), x.floor());
        let (down, right) = (S::real(Real::new(y - top)), S::real(Real::new(x - left)));
        let mix = |a: S, b: S, part: S| a + part * (b - a);
        mix(
            mix(at(top, left), at(top, left + 1.0), right),
            mix(at(top + 1.0, left), at(top + 1.0, left + 1.0), right),
            down,
        )
    }

    fn cover<S: Scalar>(&self, image: &mut [S], rng: &mut (impl Rng + ?Sized)) {
        let [_, height, width] = self.shape;
        let mut range = |size: usize| {
            let middle = (f64::uniform(rng.next_u64()) * size as f64) as usize;
            let first = middle.saturating_sub(self.cutout / 2);
            first..(middle + self.cutout.div_ceil(2)).min(size)
        };
        let (rows, columns) = (range(height), range(width));
        for plane in image.chunks_exact_mut((height * width).max(1)) {
            for row in rows.clone() {
                plane[row * width..][columns.clone()].fill(S::real(Real::new(self.fill)));
            }
        }
    }
}

/// A number of the standard normal distribution (Box and Muller, 1958).
fn normal(rng: &mut (impl Rng + ?Sized)) -> f64 {
    let (radius, angle) = (1.0 - f64::uniform(rng.next_u64()), f64::uniform(rng.next_u64()));
    (-2.0 * radius.ln()).sqrt() * (core::f64::consts::TAU * angle).cos()
}
