//! The report of a run: one HTML file with all its pictures in it, for light and dark, wide and narrow screens.

mod charts;
mod pictures;

use crate::data::{Digits, Image};
use crate::measured::{Confusion, Mistake};
use crate::training::DigitReader;
use backprop::trainer::History;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// What is drawn.
pub(crate) struct Report<'a, N: DigitReader> {
    pub(crate) net: &'a N,
    /// The network's table.
    pub(crate) summary: String,
    /// The epochs, if it was trained.
    pub(crate) history: Option<&'a History<f32>>,
    /// Gradients of the last step, if it was trained.
    pub(crate) gradients: Option<&'a [f32]>,
    pub(crate) test: &'a Digits,
    pub(crate) confusion: &'a Confusion,
    /// The worst first.
    pub(crate) mistakes: &'a [Mistake],
}

const STYLE: &str = include_str!("style.css");

impl<N: DigitReader> Report<'_, N> {
    /// Writes `report.html` into a folder, which is made if it is not there. Returns its path.
    pub(crate) fn write(&self, folder: &Path) -> Result<PathBuf, Box<dyn Error>> {
        fs::create_dir_all(folder)?;
        let path = folder.join("report.html");
        fs::write(&path, self.page()?)?;
        Ok(path)
    }

    fn page(&self) -> Result<String, Box<dyn Error>> {
        let mut page = String::new();
        let head =
            r#"<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">"#;
        write!(page, r#"<!doctype html><html lang="en"><head>{head}"#)?;
        write!(page, "<title>{} on MNIST</title><style>{STYLE}</style></head><body>", N::NAME)?;
        write!(page, "<h1>{} on handwritten digits</h1>", N::NAME)?;
        self.figures(&mut page)?;
        if let Some(history) = self.history {
            section(
                &mut page,
                "Learning",
                "After each epoch; test digits take no part in training.",
                |page| curves(page, history),
            )?;
        }
        let text = "Rows: the digit. Columns: what was read. The diagonal is right.";
        section(&mut page, "What was taken for what", text, |page| self.confusion(page))?;
        let text = "The digits whose right answer seemed least likely.";
        section(&mut page, "Worst mistakes", text, |page| self.mistakes(page))?;
        let text = "Weights of the first layer, those with the largest norm: positive and negative ones, the strongest in full colour.";
        section(&mut page, "Filters", text, |page| self.filters(page))?;
        let text = match self.gradients {
            Some(_) => "All numbers of a tensor, and their gradients in the last step.",
            None => "All numbers of a tensor.",
        };
        section(&mut page, "Weights and gradients", text, |page| self.histograms(page))?;
        section(&mut page, "Network", "", |page| Ok(write!(page, "<pre>{}</pre>", escaped(&self.summary))?))?;
        page.push_str("</body></html>\n");
        Ok(page)
    }

    /// The numbers to read first.
    fn figures(&self, page: &mut String) -> Result<(), Box<dyn Error>> {
        let mut figures = vec![
            (format!("{:.2} %", 100.0 * self.confusion.accuracy()), "of test digits read right"),
            (self.mistakes.len().to_string(), "mistakes"),
            (N::PARAMETERS.to_string(), "parameters"),
        ];
        if let Some(history) = self.history {
            let seconds: f64 = history.epochs().iter().map(|row| row.seconds).sum();
            figures.push((history.epochs().len().to_string(), "epochs"));
            figures.push((format!("{seconds:.1} s"), "of training"));
        }
        page.push_str(r#"<dl class="figures">"#);
        for (number, of) in figures {
            write!(page, "<div><dt>{number}</dt><dd>{of}</dd></div>")?;
        }
        page.push_str("</dl>");
        Ok(())
    }

    fn confusion(&self, page: &mut String) -> Result<(), Box<dyn Error>> {
        page.push_str(r#"<div class="scroll"><table><thead><tr><th></th>"#);
        (0..10).try_for_each(|read| write!(page, "<th>{read}</th>"))?;
        page.push_str("<th>right</th></tr></thead><tbody>");
        for (digit, row) in self.confusion.counts().iter().enumerate() {
            write!(page, "<tr><th>{digit}</th>")?;
            let all: usize = row.iter().sum();
            for (read, count) in row.iter().enumerate() {
                // Mistakes are few: their colour grows with the root, so that one in a hundred is seen.
                let part = 100.0 * (*count as f64 / all.max(1) as f64).sqrt();
                let class = if read == digit { "right" } else { "wrong" };
                let text = if *count == 0 { String::new() } else { count.to_string() };
                write!(page, r#"<td class="{class}" style="--part: {part:.0}%">{text}</td>"#)?;
            }
            write!(page, "<td>{:.1} %</td></tr>", 100.0 * row[digit] as f64 / all.max(1) as f64)?;
        }
        page.push_str("</tbody></table></div>");
        Ok(())
    }

    fn mistakes(&self, page: &mut String) -> Result<(), Box<dyn Error>> {
        page.push_str(r#"<div class="tiles">"#);
        for mistake in self.mistakes.iter().take(24) {
            let Mistake { sample, label, read, certainty, .. } = mistake;
            let picture = pictures::digit(&self.test.images[*sample])?;
            write!(
                page,
                r#"<figure><img src="{picture}" alt="a {label}"><figcaption><b>{label}</b> read as <b>{read}</b>
                <small>{:.0} % sure</small></figcaption></figure>"#,
                100.0 * certainty
            )?;
        }
        page.push_str("</div>");
        Ok(())
    }

    fn filters(&self, page: &mut String) -> Result<(), Box<dyn Error>> {
        let Some(weight) = N::tensors().iter().find(|tensor| tensor.name == "weight") else { return Ok(()) };
        let parameters = self.net.parameters().as_ref();
        let numbers: Vec<f32> = weight.places().map(|place| parameters[place]).collect();
        let filters = numbers.chunks_exact(weight.len / weight.shape[0]);
        // A filter of a dense layer sees the whole image.
        let width = if weight.rank == 4 { weight.shape[3] } else { 28 };
        let norm = |filter: &[f32]| filter.iter().map(|weight| weight * weight).sum::<f32>();
        let mut filters: Vec<&[f32]> = filters.collect();
        filters.sort_by(|a, b| norm(b).total_cmp(&norm(a)));
        let most = numbers.iter().fold(0_f32, |most, weight| most.max(weight.abs()));
        page.push_str(r#"<div class="tiles filters">"#);
        for filter in filters.into_iter().take(24) {
            write!(page, r#"<img src="{}" alt="a filter">"#, pictures::filter(filter, width, most)?)?;
        }
        page.push_str("</div>");
        Ok(())
    }

    fn histograms(&self, page: &mut String) -> Result<(), Box<dyn Error>> {
        let parameters = self.net.parameters().as_ref();
        page.push_str(r#"<div class="charts">"#);
        for tensor in N::tensors().iter().filter(|tensor| tensor.len > 1) {
            write!(page, "<figure><figcaption>{}</figcaption>", tensor.path())?;
            page.push_str(&charts::histogram(&parameters[tensor.offset..][..tensor.len], charts::ONE)?);
            if let Some((gradients, first)) = self.gradients.zip(tensor.trained) {
                page.push_str(&charts::histogram(&gradients[first..][..tensor.len], charts::TWO)?);
            }
            page.push_str("</figure>");
        }
        page.push_str("</div>");
        legend(page, &["weights", "gradients"][..1 + usize::from(self.gradients.is_some())])
    }
}

fn section(
    page: &mut String,
    title: &str,
    text: &str,
    contents: impl FnOnce(&mut String) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    write!(page, "<section><h2>{title}</h2><p>{text}</p>")?;
    contents(page)?;
    page.push_str("</section>");
    Ok(())
}

fn curves(page: &mut String, history: &History<f32>) -> Result<(), Box<dyn Error>> {
    let epochs = || history.epochs().iter().map(|row| (row.epoch + 1) as f64);
    let of = |values: Vec<Option<f32>>| -> Vec<(f64, f64)> {
        epochs().zip(values).filter_map(|(epoch, value)| Some((epoch, f64::from(value?)))).collect()
    };
    let rows = || history.epochs().iter();
    let loss = of(rows().map(|row| Some(row.loss)).collect());
    let test = of(rows().map(|row| row.validation_loss).collect());
    let accuracy = of(rows().map(|row| Some(100.0 * row.validation_accuracy?)).collect());
    let rate = of(rows().map(|row| Some(row.learning_rate)).collect());
    page.push_str(r#"<div class="charts wide">"#);
    for (title, lines) in [
        ("loss", vec![loss, test]),
        ("accuracy on test digits, %", vec![Vec::new(), accuracy]),
        ("learning rate", vec![rate]),
    ] {
        write!(page, "<figure><figcaption>{title}</figcaption>{}</figure>", charts::lines(&lines)?)?;
    }
    page.push_str("</div>");
    legend(page, &["training", "test"])
}

fn legend(page: &mut String, names: &[&str]) -> Result<(), Box<dyn Error>> {
    page.push_str(r#"<p class="legend">"#);
    for (name, colour) in names.iter().zip(["one", "two"]) {
        write!(page, r#"<span style="--colour: var(--{colour})">{name}</span>"#)?;
    }
    page.push_str("</p>");
    Ok(())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The grey values of a digit before they were normalised, 0 to 255.
fn grey(image: &Image) -> Vec<u8> {
    image.iter().map(|value| ((value * 0.3081 + 0.1307) * 255.0).round().clamp(0.0, 255.0) as u8).collect()
}
