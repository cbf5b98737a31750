//! Pictures in folders: what is read, stretched and refused.

use super::events::Folder;
use backprop::data::{Error, ImageFolder, picture};
use image::{DynamicImage, GrayImage, ImageBuffer, Luma, Rgb, RgbImage, Rgba, RgbaImage};
use std::fs;
use std::path::Path;

fn refused<T>(result: Result<T, Error>) -> String {
    result.err().expect("something is wrong").to_string()
}

#[test]
fn folders_are_classes() {
    let folder = Folder::new("pictures");
    let at = |name: &str| folder.0.join(name);
    for class in ["zebra", "ant", ".cache"] {
        fs::create_dir(at(class)).expect("a folder");
    }
    assert!(refused(ImageFolder::open(&folder.0)).contains("ant: the class has no pictures"));
    let grey = |shade| GrayImage::from_pixel(2, 3, Luma([shade]));
    grey(102).save(at("zebra/b.png")).expect("a file");
    grey(51).save(at("zebra/a.PNG")).expect("a file");
    grey(255).save(at("ant/c.png")).expect("a file");
    fs::write(at("ant/notes.txt"), "no picture").expect("a file");
    fs::write(at("readme.png"), "in no class").expect("a file");
    let pictures = ImageFolder::open(&folder.0).expect("pictures");
    assert_eq!(
        (pictures.names(), pictures.labels()),
        (&["ant".to_owned(), "zebra".to_owned()][..], vec![0, 1, 1])
    );
    let names: Vec<_> = pictures.paths().map(|path| path.strip_prefix(&folder.0).expect("within")).collect();
    assert_eq!(names, ["ant/c.png", "zebra/a.PNG", "zebra/b.png"].map(Path::new));
    let samples: Vec<[f32; 6]> = pictures.samples([1, 3, 2]).expect("pictures");
    assert_eq!(samples, [[1.0; 6], [0.2; 6], [0.4; 6]]);

    // What is wrong names the file, or the shape.
    fs::write(at("ant/broken.png"), b"\x89PNG\r\n\x1a\nno").expect("a file");
    let pictures = ImageFolder::open(&folder.0).expect("pictures");
    assert!(refused(pictures.samples::<f32, 6>([1, 3, 2])).contains("ant/broken.png: "));
    fs::write(at("ant/broken.png"), b"text").expect("a file");
    assert!(refused(pictures.sample::<f32, 6>(0, [1, 3, 2])).contains("ant/broken.png: "));
    assert_eq!(refused(pictures.sample::<f32, 6>(9, [1, 3, 2])), "there is no sample 9: there are 4, from 0");
    assert_eq!(
        refused(pictures.sample::<f32, 6>(1, [3, 3, 2])),
        "a picture of shape [3, 3, 2] has 18 numbers, the sample 6"
    );
    assert!(
        refused(pictures.sample::<f32, 6>(1, [2, 3, 1]))
            .starts_with("a picture has no shape [2, 3, 1]; expected")
    );
    assert!(
        refused(ImageFolder::open(at("zebra"))).contains("zebra: there is no folder in it; expected one")
    );
    assert!(refused(ImageFolder::open(at("lion"))).contains("lion: "));
}

#[test]
fn channels_and_sizes() {
    let folder = Folder::new("channels");
    let path = folder.0.join("picture.png");
    let save = |image: DynamicImage| image.save(&path).expect("a file");
    // Channel by channel, row by row.
    let color = |x, y| Rgb([51 * x as u8, 51 * y as u8, 255]);
    save(RgbImage::from_fn(3, 2, color).into());
    let channels: [f64; 18] = picture(&path, [3, 2, 3]).expect("a picture");
    let expected = [[0.0, 0.2, 0.4, 0.0, 0.2, 0.4], [0.0, 0.0, 0.0, 0.2, 0.2, 0.2], [1.0; 6]];
    super::assert_close("channels", &channels, expected.as_flattened(), 1e-7);
    // The luminance of BT.709.
    let grey: [f64; 6] = picture(&path, [1, 2, 3]).expect("a picture");
    let expected: [f64; 6] =
        std::array::from_fn(|i| 0.2126 * channels[i] + 0.7152 * channels[6 + i] + 0.0722 * channels[12 + i]);
    super::assert_close("luminance", &grey, &expected, 2e-4);
    // Grey becomes three equal channels, opaque.
    save(ImageBuffer::<Luma<u16>, _>::from_pixel(1, 1, Luma([13107_u16])).into());
    assert_eq!(picture::<f32, 4>(&path, [4, 1, 1]).expect("a picture"), [0.2, 0.2, 0.2, 1.0]);
    save(RgbaImage::from_pixel(1, 1, Rgba([255, 0, 51, 102])).into());
    assert_eq!(picture::<f32, 4>(&path, [4, 1, 1]).expect("a picture"), [1.0, 0.0, 0.2, 0.4]);
    assert_eq!(picture::<f32, 3>(&path, [3, 1, 1]).expect("a picture"), [1.0, 0.0, 0.2]);

    // Smaller: weighted means over the pixels that fall together. Larger: between pixels.
    save(GrayImage::from_fn(4, 1, |x, _| Luma([[0, 51, 204, 255][x as usize]])).into());
    let half: [f64; 2] = picture(&path, [1, 1, 2]).expect("a picture");
    // A triangle of four pixels' width about the middle of each new one, cut off at the edge.
    let left = (0.75 * 0.0 + 0.75 * 0.2 + 0.25 * 0.8) / 1.75;
    super::assert_close("half", &half, &[left, 1.0 - left], 1e-6);
    save(GrayImage::from_fn(2, 1, |x, _| Luma([255 * x as u8])).into());
    let double: [f64; 4] = picture(&path, [1, 1, 4]).expect("a picture");
    super::assert_close("double", &double, &[0.0, 0.25, 0.75, 1.0], 1e-6);

    // What a camera writes: the beginning of the file says that it is a JPEG.
    let photo: DynamicImage = RgbImage::from_pixel(16, 16, Rgb([200, 100, 50])).into();
    photo.save_with_format(&path, image::ImageFormat::Jpeg).expect("a file");
    let [r, g, b]: [f64; 3] = picture(&path, [3, 1, 1]).expect("a picture");
    super::assert_close("photo", &[r, g, b], &[200.0, 100.0, 50.0].map(|value| value / 255.0), 0.01);
}
