//! Lines and histograms, as SVG whose colours the page sets.

use plotters::prelude::*;
use std::error::Error;
use std::ops::Range;

/// Stand for colours of the page, which has others for light and dark.
const INK: RGBColor = RGBColor(1, 2, 3);
const FAINT: RGBColor = RGBColor(1, 2, 4);
pub(super) const ONE: RGBColor = RGBColor(1, 2, 5);
pub(super) const TWO: RGBColor = RGBColor(1, 2, 6);

/// What was drawn, in the page's colours, as wide as its place.
fn adapted(svg: &str, [width, height]: [u32; 2]) -> String {
    let size = format!(r#"width="{width}" height="{height}""#);
    let names = [(INK, "ink"), (FAINT, "faint"), (ONE, "one"), (TWO, "two")];
    names.iter().fold(svg.replacen(&size, "", 1), |svg, (RGBColor(red, green, blue), name)| {
        svg.replace(&format!("#{red:02X}{green:02X}{blue:02X}"), &format!("var(--{name})"))
    })
}

/// A range around values, with room above and below.
fn around(values: impl Iterator<Item = f64> + Clone) -> Range<f64> {
    let least = values.clone().fold(f64::INFINITY, f64::min);
    let most = values.fold(f64::NEG_INFINITY, f64::max);
    let room = if least < most { 0.06 * (most - least) } else { 0.5 * most.abs().max(1e-3) };
    least - room..most + room
}

/// A number in few characters.
fn short(value: f64) -> String {
    if value != 0.0 && value.abs() < 0.0001 {
        return format!("{value:.0e}");
    }
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').into()
}

/// Lines over epochs; the first in colour one, the second in two.
pub(super) fn lines(lines: &[Vec<(f64, f64)>]) -> Result<String, Box<dyn Error>> {
    const SIZE: [u32; 2] = [380, 240];
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, SIZE.into()).into_drawing_area();
        let points = || lines.iter().flatten().copied();
        let last = points().fold(1.0, |last, (epoch, _)| f64::max(last, epoch));
        let mut chart = ChartBuilder::on(&root)
            .margin(8)
            .margin_right(16)
            .x_label_area_size(26)
            .y_label_area_size(56)
            .build_cartesian_2d(
                1.0 - 0.03 * last..last + 0.03 * last,
                around(points().map(|(_, value)| value)),
            )?;
        let text = || ("sans-serif", 15).into_font().color(&INK);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .axis_style(FAINT)
            .bold_line_style(FAINT)
            .light_line_style(TRANSPARENT)
            .label_style(text())
            .x_labels(last.min(8.0) as usize)
            .y_labels(5)
            .x_label_formatter(&|epoch| {
                if epoch.fract().abs() < 1e-9 { format!("{epoch:.0}") } else { String::new() }
            })
            .y_label_formatter(&|value| short(*value))
            .draw()?;
        for (line, colour) in lines.iter().zip([ONE, TWO]) {
            chart.draw_series(LineSeries::new(line.iter().copied(), colour.stroke_width(2)))?;
            chart.draw_series(line.iter().map(|point| Circle::new(*point, 3, colour.filled())))?;
        }
        root.present()?;
    }
    Ok(adapted(&svg, SIZE))
}

/// How often values are how large.
pub(super) fn histogram(values: &[f32], colour: RGBColor) -> Result<String, Box<dyn Error>> {
    const SIZE: [u32; 2] = [300, 120];
    const BARS: usize = 41;
    let most = values.iter().fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs()));
    let mut counts = [0_usize; BARS];
    for value in values {
        let place = (0.5 + 0.5 * value / most) * BARS as f32;
        counts[(place as usize).min(BARS - 1)] += 1;
    }
    let highest = counts.iter().copied().max().unwrap_or(1);
    let most = f64::from(most);
    let edge = |bar: usize| most * (2.0 * bar as f64 / BARS as f64 - 1.0);
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, SIZE.into()).into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin(6)
            .margin_left(22)
            .margin_right(22)
            .x_label_area_size(24)
            .build_cartesian_2d(-most..most, 0.0..highest as f64)?;
        chart
            .configure_mesh()
            .disable_mesh()
            .disable_y_axis()
            .axis_style(FAINT)
            .label_style(("sans-serif", 14).into_font().color(&INK))
            .x_labels(3)
            .x_label_formatter(&|value| short(*value))
            .draw()?;
        chart.draw_series(counts.iter().enumerate().map(|(bar, count)| {
            Rectangle::new([(edge(bar), 0.0), (edge(bar + 1), *count as f64)], colour.filled())
        }))?;
        root.present()?;
    }
    Ok(adapted(&svg, SIZE))
}
