//! A report of headings, paragraphs, tables and figures, for the terminal and as Markdown.

use std::fmt::Write;

/// What is printed, in order.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Its sections.
    pub sections: Vec<Section>,
}

/// A part of a report.
#[derive(Debug, Clone)]
pub enum Section {
    /// A heading.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// A table.
    Table(Table),
    /// Lines that are kept as they are.
    Figure(String),
}

/// Rows of cells; the first column is text, the others are figures.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Names of the columns.
    pub header: Vec<String>,
    /// Cells, as many per row as there are names.
    pub rows: Vec<Vec<String>>,
}

impl Report {
    /// For the terminal: columns aligned.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for section in &self.sections {
            // Writing to a string does not fail.
            let _ = match section {
                Section::Heading(text) => {
                    writeln!(out, "{text}\n{}", "─".repeat(text.chars().count()))
                }
                Section::Text(text) => writeln!(out, "{text}\n"),
                Section::Table(table) => writeln!(out, "{}", table.to_text()),
                Section::Figure(text) => writeln!(out, "{text}"),
            };
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    }

    /// For a README.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut out = String::new();
        for section in &self.sections {
            let _ = match section {
                Section::Heading(text) => writeln!(out, "### {text}\n"),
                Section::Text(text) => writeln!(out, "{text}\n"),
                Section::Table(table) => writeln!(out, "{}", table.to_markdown()),
                Section::Figure(text) => writeln!(out, "```text\n{text}```\n"),
            };
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    }
}

impl Table {
    fn to_text(&self) -> String {
        let width = |column: usize| {
            let cells = self.rows.iter().chain([&self.header]).filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<_> = (0..self.header.len()).map(width).collect();
        let mut out = String::new();
        for row in [&self.header].into_iter().chain(&self.rows) {
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let _ = if column == 0 {
                    write!(out, "{cell:<width$}")
                } else {
                    write!(out, "  {cell:>width$}")
                };
            }
            out.push('\n');
        }
        out
    }

    fn to_markdown(&self) -> String {
        let mut out = String::new();
        let mut line = |cells: &[String]| {
            let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
            let _ = writeln!(out, "| {} |", cells.join(" | "));
        };
        line(&self.header);
        let align = |column| if column == 0 { "---" } else { "---:" }.to_owned();
        line(&(0..self.header.len()).map(align).collect::<Vec<_>>());
        self.rows.iter().for_each(|row| line(row));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let cells = |row: [&str; 2]| row.map(str::to_owned).to_vec();
        Report {
            sections: vec![
                Section::Heading("Rules".into()),
                Section::Table(Table {
                    header: cells(["rule", "Top-1"]),
                    rows: vec![cells(["a|b", "3.7 %"]), cells(["predator", "65.7 %"])],
                }),
                Section::Figure("█|\n".into()),
            ],
        }
    }

    #[test]
    fn text_is_aligned() {
        let expected = "Rules\n─────\n\
                        rule       Top-1\n\
                        a|b        3.7 %\n\
                        predator  65.7 %\n\n█|\n";
        assert_eq!(report().to_text(), expected);
    }

    #[test]
    fn markdown_is_a_table() {
        let expected = "### Rules\n\n| rule | Top-1 |\n| --- | ---: |\n\
                        | a\\|b | 3.7 % |\n| predator | 65.7 % |\n\n```text\n█|\n```\n";
        assert_eq!(report().to_markdown(), expected);
    }
}
