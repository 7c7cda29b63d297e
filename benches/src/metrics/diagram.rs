//! Reliability diagrams: stated against observed.

use std::fmt::Write;

use super::calibration::Bin;

/// Width of the text form's bars, in characters.
const BAR: usize = 40;
/// Side of the picture's plot, in pixels.
const SIDE: f64 = 320.0;
/// Space around the plot.
const MARGIN: f64 = 56.0;

/// A line per bin: `█` up to what was right, `|` at what was stated.
#[must_use]
pub fn text(bins: &[Bin]) -> String {
    let mut out = String::new();
    let column = |share: f64| ((share * BAR as f64).round() as usize).min(BAR - 1);
    for bin in bins {
        let filled = ((bin.right * BAR as f64).round() as usize).min(BAR);
        let mut bar: Vec<char> = (0..BAR).map(|i| if i < filled { '█' } else { '·' }).collect();
        bar[column(bin.stated)] = '|';
        let bar: String = bar.into_iter().collect();
        let (stated, right) = (bin.stated * 100.0, bin.right * 100.0);
        // Writing to a string does not fail.
        let _ = writeln!(out, "stated {stated:5.1} %  right {right:5.1} %  {bar}");
    }
    out
}

/// An SVG picture with the diagonal, one mark per bin (its area is the bin's weight) and a caption.
#[must_use]
pub fn svg(bins: &[Bin], caption: &str) -> String {
    let (width, height) = (SIDE + 2.0 * MARGIN, SIDE + 2.0 * MARGIN + 8.0);
    let x = |share: f64| MARGIN + share * SIDE;
    let y = |share: f64| MARGIN + (1.0 - share) * SIDE;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"11\" fill=\"#222\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n"
    );
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    for tenth in (0..=10).step_by(2) {
        let share = f64::from(tenth) / 10.0;
        let (px, py, percent) = (x(share), y(share), tenth * 10);
        line(format!(
            "<path d=\"M{px:.1} {:.1}V{:.1}M{:.1} {py:.1}H{:.1}\" stroke=\"#ddd\"/>",
            y(0.0),
            y(1.0),
            x(0.0),
            x(1.0)
        ));
        line(format!(
            "<text x=\"{px:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{percent} %</text>",
            y(0.0) + 16.0
        ));
        line(format!(
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{percent} %</text>",
            x(0.0) - 6.0,
            py + 4.0
        ));
    }
    line(format!(
        "<path d=\"M{:.1} {:.1}L{:.1} {:.1}\" stroke=\"#888\" stroke-dasharray=\"4 4\"/>",
        x(0.0),
        y(0.0),
        x(1.0),
        y(1.0)
    ));
    let points: Vec<_> =
        bins.iter().map(|bin| format!("{:.1},{:.1}", x(bin.stated), y(bin.right))).collect();
    line(format!(
        "<polyline points=\"{}\" fill=\"none\" stroke=\"#1f6feb\" stroke-width=\"2\"/>",
        points.join(" ")
    ));
    for bin in bins {
        line(format!(
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{:.1}\" fill=\"#1f6feb\"><title>stated {:.1} %, right {:.1} %</title></circle>",
            x(bin.stated),
            y(bin.right),
            12.0 * bin.weight.sqrt(),
            bin.stated * 100.0,
            bin.right * 100.0
        ));
    }
    line(format!(
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">stated probability of the first suspect</text>",
        x(0.5),
        y(0.0) + 34.0
    ));
    line(format!(
        "<text transform=\"translate(14 {:.1}) rotate(-90)\" text-anchor=\"middle\">share that was right</text>",
        y(0.5)
    ));
    line(format!(
        "<text x=\"{:.1}\" y=\"24\" text-anchor=\"middle\" font-size=\"12\">{}</text>",
        x(0.5),
        escape(caption)
    ));
    out.push_str("</svg>\n");
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BINS: [Bin; 2] = [
        Bin { weight: 0.5, stated: 0.25, right: 0.0 },
        Bin { weight: 0.5, stated: 1.0, right: 1.0 },
    ];

    #[test]
    fn bars_end_at_what_was_right() {
        let text = text(&BINS);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines[0],
            format!("stated  25.0 %  right   0.0 %  {}|{}", "·".repeat(10), "·".repeat(29))
        );
        assert_eq!(lines[1], format!("stated 100.0 %  right 100.0 %  {}|", "█".repeat(39)));
    }

    #[test]
    fn marks_stand_where_the_bins_say() {
        let svg = svg(&BINS, "a < b");
        // 56 + 0.25 × 320 from the left, 56 + 320 from the top.
        assert!(svg.contains("cx=\"136.0\" cy=\"376.0\""), "{svg}");
        assert!(svg.contains("cx=\"376.0\" cy=\"56.0\""));
        assert!(svg.contains("a &lt; b") && svg.ends_with("</svg>\n"));
    }
}
