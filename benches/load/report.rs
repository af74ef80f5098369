//! The table that a run prints.

/// One line: what, figure, ceiling, ratio, wanted.
pub(crate) struct Row {
    /// What was measured.
    pub(crate) what: String,
    /// What was seen.
    pub(crate) figure: String,
    /// What it is compared with; empty when the figure stands alone.
    pub(crate) ceiling: String,
    /// Figure to ceiling, or what must not be passed.
    pub(crate) ratio: String,
    /// The target.
    pub(crate) wanted: &'static str,
    /// Whether the target is reached.
    pub(crate) reached: bool,
}

/// One repetition of a figure and of its ceiling.
pub(crate) struct Pair {
    /// The node's.
    pub(crate) figure: f64,
    /// The machine's, in the same seconds.
    pub(crate) ceiling: f64,
}

impl Row {
    /// A rate compared with a ceiling: the median ratio must reach `least` (0.65 for 65 %).
    pub(crate) fn rate(
        what: &str,
        unit: &str,
        pairs: &[Pair],
        least: f64,
        wanted: &'static str,
    ) -> Self {
        let ratios: Vec<f64> = pairs
            .iter()
            .map(|pair| pair.figure / pair.ceiling)
            .collect();
        let ratio = median(&ratios);
        let figures: Vec<f64> = pairs.iter().map(|pair| pair.figure).collect();
        let ceilings: Vec<f64> = pairs.iter().map(|pair| pair.ceiling).collect();
        let all: Vec<String> = ratios
            .iter()
            .map(|ratio| format!("{:.1}", ratio * 100.0))
            .collect();
        Self {
            what: what.to_owned(),
            figure: format!("{:.0} {unit}", median(&figures)),
            ceiling: format!("{:.0}/s", median(&ceilings)),
            ratio: format!("{:.1} % ({})", ratio * 100.0, all.join(", ")),
            wanted,
            reached: ratio >= least,
        }
    }

    /// A figure that must not pass `most`.
    pub(crate) fn at_most(
        what: &str,
        unit: &str,
        figures: &[f64],
        most: f64,
        wanted: &'static str,
    ) -> Self {
        let figure = median(figures);
        let all: Vec<String> = figures
            .iter()
            .map(|figure| format!("{figure:.2}"))
            .collect();
        Self {
            what: what.to_owned(),
            figure: format!("{figure:.2} {unit} ({})", all.join(", ")),
            ceiling: String::new(),
            ratio: String::new(),
            wanted,
            reached: figure <= most,
        }
    }
}

/// The middle value; the lower one of two.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
        .get(sorted.len().saturating_sub(1) / 2)
        .copied()
        .unwrap_or(f64::NAN)
}

/// Prints the table in Markdown.
pub(crate) fn print(rows: &[Row]) {
    println!("\n| what | figure | ceiling | ratio | wanted | reached |\n|---|---|---|---|---|---|");
    for row in rows {
        let reached = if row.reached { "yes" } else { "**no**" };
        println!(
            "| {} | {} | {} | {} | {} | {reached} |",
            row.what, row.figure, row.ceiling, row.ratio, row.wanted
        );
    }
}
