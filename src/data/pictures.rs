//! [`ImageFolder`]: pictures in folders, one for each class.

use super::Error;
use crate::{Real, Scalar};
use image::imageops::{FilterType, resize};
use image::{ImageBuffer, ImageReader, Pixel};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Pictures in folders: each folder is a class, and its pictures are samples of it, as torchvision's `ImageFolder` and Keras'
/// `image_dataset_from_directory` expect them. Feature `images`.
///
/// ```text
/// animals/cat/1.png
/// animals/cat/2.jpg
/// animals/dog/1.png
/// ```
///
/// Classes are numbered in the order of their names, and so are pictures within a class; [`shuffle`](super::shuffle) them before
/// they are split. Files that end in `.png`, `.jpg` or `.jpeg` are pictures; others, and folders that begin with a dot, are passed
/// over. Nothing is decoded before it is asked for, so a folder may be larger than memory.
///
/// Samples are `[channels, height, width]`, from 0 to 1: one channel is grey (the luminance of ITU-R BT.709), three are red, green
/// and blue, four have the opacity too. A picture of another size is stretched to that of the shape, by linear interpolation over
/// all pixels that fall together. That a camera was turned, as a JPEG may note, is not heeded.
///
/// ```
/// use backprop::data::ImageFolder;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let animals = std::env::temp_dir().join(format!("backprop-doc-animals-{}", std::process::id()));
/// # for (class, shade) in [("cat", 0), ("dog", 255)] {
/// #     std::fs::create_dir_all(animals.join(class))?;
/// #     image::GrayImage::from_pixel(8, 8, image::Luma([shade])).save(animals.join(class).join("1.png"))?;
/// # }
/// let pictures = ImageFolder::open(&animals)?;
/// assert_eq!(pictures.names(), ["cat", "dog"]);
/// // All of them …
/// let images: Vec<[f32; 3 * 8 * 8]> = pictures.samples([3, 8, 8])?;
/// assert_eq!(pictures.labels(), [0, 1]);
/// assert_eq!(images[0], [0.0; 192]);
/// // … or one at a time, for instance in `trainer::source::indexed`.
/// let dog: [f32; 64] = pictures.sample(1, [1, 8, 8])?;
/// assert_eq!(dog, [1.0; 64]);
/// # std::fs::remove_dir_all(&animals)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ImageFolder {
    names: Vec<String>,
    files: Vec<(PathBuf, usize)>,
}

/// What lies in a folder, by name, but for what is hidden.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let at = |error| Error::Io { path: Some(folder.to_owned()), error };
    let entries: io::Result<Vec<PathBuf>> =
        fs::read_dir(folder).map_err(at)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut entries = entries.map_err(at)?;
    entries.retain(|path| path.file_name().is_some_and(|name| !name.as_encoded_bytes().starts_with(b".")));
    entries.sort();
    Ok(entries)
}

fn is_picture(path: &Path) -> bool {
    let is = |end: &str| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(end));
    (is("png") || is("jpg") || is("jpeg")) && path.is_file()
}

impl ImageFolder {
    /// Looks for the classes in a folder, and their pictures.
    ///
    /// # Errors
    /// A folder that cannot be read, has no folders in it, or one without pictures.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, Error> {
        let folder = folder.as_ref();
        let mut found = Self { names: Vec::new(), files: Vec::new() };
        for class in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
            let before = found.files.len();
            let pictures = entries(&class)?.into_iter().filter(|path| is_picture(path));
            found.files.extend(pictures.map(|path| (path, found.names.len())));
            if found.files.len() == before {
                return Err(Error::NoPictures { folder: class });
            }
            let name = class.file_name().unwrap_or_default();
            found.names.push(name.to_string_lossy().into_owned());
        }
        if found.names.is_empty() {
            return Err(Error::NoClasses { folder: folder.to_owned() });
        }
        Ok(found)
    }

    /// The names of the classes: that of class `i` at place `i`.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many pictures there are, at least one of each class.
    #[expect(clippy::len_without_is_empty, reason = "a folder without pictures is an error")]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// The files, in the order of the samples.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|(path, _)| path.as_path())
    }

    /// The class of each picture.
    pub fn labels(&self) -> Vec<usize> {
        self.files.iter().map(|(_, label)| *label).collect()
    }

    /// All pictures, as samples `[channels, height, width]`.
    ///
    /// # Errors
    /// As [`sample`](Self::sample).
    pub fn samples<S: Scalar, const N: usize>(&self, shape: [usize; 3]) -> Result<Vec<[S; N]>, Error> {
        self.paths().map(|path| picture(path, shape)).collect()
    }

    /// One picture, as a sample `[channels, height, width]`.
    ///
    /// # Errors
    /// A file that cannot be read or is no picture, a shape that has not `N` numbers or not 1, 3 or 4 channels, a number
    /// that no picture has.
    pub fn sample<S: Scalar, const N: usize>(
        &self,
        index: usize,
        shape: [usize; 3],
    ) -> Result<[S; N], Error> {
        let (path, _) =
            self.files.get(index).ok_or(Error::NoSample { sample: index, samples: self.files.len() })?;
        picture(path, shape)
    }
}

/// A picture from a file, as a sample `[channels, height, width]`: see [`ImageFolder`]. Feature `images`.
///
/// # Errors
/// As [`ImageFolder::sample`].
pub fn picture<S: Scalar, const N: usize>(
    path: impl AsRef<Path>,
    shape: [usize; 3],
) -> Result<[S; N], Error> {
    let path = path.as_ref();
    let [channels, height, width] = shape;
    let numbers = channels.checked_mul(height).and_then(|numbers| numbers.checked_mul(width));
    if !matches!(channels, 1 | 3 | 4) || numbers != Some(N) || N == 0 {
        return Err(Error::PictureShape { shape, numbers: N });
    }
    let at = |error| Error::Io { path: Some(path.to_owned()), error };
    // What it is says the beginning of the file, not its name.
    let reader = ImageReader::open(path).and_then(ImageReader::with_guessed_format).map_err(at)?;
    let image = reader.decode().map_err(|error| match error {
        image::ImageError::IoError(error) => at(error),
        error => Error::Picture { path: path.to_owned(), error: error.to_string() },
    })?;
    match channels {
        1 => Ok(planes(&image.to_luma32f(), height, width)),
        3 => Ok(planes(&image.to_rgb32f(), height, width)),
        _ => Ok(planes(&image.to_rgba32f(), height, width)),
    }
}

/// The channels of a picture one after the other, stretched to another size if it has one.
fn planes<P: Pixel<Subpixel = f32> + 'static, S: Scalar, const N: usize>(
    image: &ImageBuffer<P, Vec<f32>>,
    height: usize,
    width: usize,
) -> [S; N] {
    let size = (width as u32, height as u32);
    let resized = (image.dimensions() != size).then(|| resize(image, size.0, size.1, FilterType::Triangle));
    let pixels = resized.as_ref().unwrap_or(image);
    let mut sample = [S::ZERO; N];
    for (place, pixel) in pixels.pixels().enumerate() {
        for (channel, value) in pixel.channels().iter().enumerate() {
            if let Some(to) = sample.get_mut(channel * height * width + place) {
                *to = S::real(Real::from(*value));
            }
        }
    }
    sample
}
