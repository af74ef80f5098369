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

/// How many a second.
#[derive(Clone, Copy)]
pub(crate) struct Rate {
    /// By the clock on the wall.
    pub(crate) wall: f64,
    /// If the cores had nothing else to do: by the CPU time used, all cores together.
    pub(crate) cpu: f64,
}

impl Rate {
    /// So many in so many seconds, for which the cores worked `used` seconds together.
    pub(crate) fn new(count: u32, seconds: f64, used: f64, cores: f64) -> Self {
        let count = f64::from(count);
        Self {
            wall: count / seconds,
            cpu: count / used * cores,
        }
    }

    /// Between two.
    pub(crate) fn midpoint(self, other: Self) -> Self {
        Self {
            wall: f64::midpoint(self.wall, other.wall),
            cpu: f64::midpoint(self.cpu, other.cpu),
        }
    }
}

/// One repetition of a figure and of its ceiling.
pub(crate) struct Pair {
    /// The node's.
    pub(crate) figure: Rate,
    /// The machine's, in the same seconds.
    pub(crate) ceiling: Rate,
}

impl Row {
    /// A rate compared with a ceiling: the median ratio must reach `least` (0.65 for 65 %), by CPU time and by the clock.
    pub(crate) fn rate(what: &str, pairs: &[Pair], least: f64, wanted: &'static str) -> [Self; 2] {
        let row = |how: &str, of: fn(&Rate) -> f64| {
            let of_all = |side: fn(&Pair) -> &Rate| -> Vec<f64> {
                pairs.iter().map(|pair| of(side(pair))).collect()
            };
            let (figures, ceilings) = (of_all(|pair| &pair.figure), of_all(|pair| &pair.ceiling));
            let ratios: Vec<f64> = figures.iter().zip(&ceilings).map(|(a, b)| a / b).collect();
            let all: Vec<String> = ratios
                .iter()
                .map(|ratio| format!("{:.1}", ratio * 100.0))
                .collect();
            Self {
                what: format!("{what}, {how}"),
                figure: format!("{:.0} /s", median(&figures)),
                ceiling: format!("{:.0} /s", median(&ceilings)),
                ratio: format!("{:.1} % ({})", median(&ratios) * 100.0, all.join(", ")),
                wanted,
                reached: median(&ratios) >= least,
            }
        };
        [
            row("by CPU time", |rate| rate.cpu),
            row("by the clock", |rate| rate.wall),
        ]
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
