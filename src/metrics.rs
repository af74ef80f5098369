//! Counters of what the node does, in Prometheus' text form. Cheap to count, read only by `/metrics`.

use std::fmt::Write as _;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// The one label that a counter is divided by.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct Outcome {
    outcome: &'static str,
}

/// The word for why something was refused or dropped.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct Because {
    reason: &'static str,
}

type Outcomes = Family<Outcome, Counter>;

/// The counter of one outcome: found once, so that counting is one addition.
fn counter(family: &Outcomes, outcome: &'static str) -> Counter {
    family.get_or_create(&Outcome { outcome }).clone()
}

/// The node's counters.
pub struct Metrics {
    registry: Registry,
    inbox: Outcomes,
    refusals: Family<Because, Counter>,
    ignored: Family<Because, Counter>,
    deliveries: Outcomes,
    /// By the first digit of the status, from 1 on.
    responses: [Counter; 5],
    made: Counter,
    given: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("antiphon");
        let (inbox, deliveries, responses) =
            (Family::default(), Family::default(), Outcomes::default());
        registry.register(
            "inbox_activities",
            "Activities that came, by what became of them",
            Family::clone(&inbox),
        );
        let (refusals, ignored) = (Family::default(), Family::default());
        registry.register(
            "inbox_refusals",
            "Activities refused, by why",
            Family::clone(&refusals),
        );
        registry.register(
            "inbox_ignored",
            "Activities taken and forgotten, by why",
            Family::clone(&ignored),
        );
        registry.register(
            "delivery_attempts",
            "Deliveries tried, by how they ended",
            Family::clone(&deliveries),
        );
        registry.register(
            "http_responses",
            "Answers, by class of status",
            Family::clone(&responses),
        );
        let kept = Outcomes::default();
        registry.register(
            "kept_answers",
            "Answers that may be kept, made or given again",
            Family::clone(&kept),
        );
        Self {
            registry,
            inbox,
            refusals,
            ignored,
            deliveries,
            responses: ["1xx", "2xx", "3xx", "4xx", "5xx"].map(|class| counter(&responses, class)),
            made: counter(&kept, "made"),
            given: counter(&kept, "given"),
        }
    }
}

impl Metrics {
    /// Counts an answer that is kept from now on.
    pub fn count_made(&self) {
        self.made.inc();
    }

    /// Counts a kept answer that is given.
    pub fn count_given(&self) {
        self.given.inc();
    }

    /// Counts an activity that came.
    pub fn count_inbox(&self, outcome: &'static str) {
        self.inbox.get_or_create(&Outcome { outcome }).inc();
    }

    /// Counts an activity that was refused.
    pub fn count_refusal(&self, reason: &'static str) {
        self.refusals.get_or_create(&Because { reason }).inc();
    }

    /// Counts an activity that was taken and forgotten.
    pub fn count_ignored(&self, reason: &'static str) {
        self.ignored.get_or_create(&Because { reason }).inc();
    }

    /// Counts a delivery that was tried.
    pub fn count_delivery(&self, outcome: &'static str) {
        self.deliveries.get_or_create(&Outcome { outcome }).inc();
    }

    /// Counts an answer by its status.
    pub fn count_response(&self, status: u16) {
        let class = usize::from(status / 100).clamp(1, self.responses.len());
        if let Some(counter) = self.responses.get(class - 1) {
            counter.inc();
        }
    }

    /// All counters as text, and two gauges read from the database: what waits to be sent, and to be done.
    pub fn render(&self, deliveries_due: i64, jobs_due: i64) -> String {
        let mut text = String::new();
        let _ = encode(&mut text, &self.registry);
        let gauges = [("deliveries_due", deliveries_due), ("jobs_due", jobs_due)];
        let end = text.strip_suffix("# EOF\n").map_or(text.len(), str::len);
        text.truncate(end);
        for (name, value) in gauges {
            let _ = writeln!(
                text,
                "# TYPE antiphon_{name} gauge\nantiphon_{name} {value}"
            );
        }
        text.push_str("# EOF\n");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_and_gauges_are_shown() {
        let metrics = Metrics::default();
        metrics.count_inbox("accepted");
        metrics.count_response(204);
        let text = metrics.render(3, 0);
        assert!(
            text.contains("antiphon_inbox_activities_total{outcome=\"accepted\"} 1"),
            "{text}"
        );
        assert!(text.contains("antiphon_http_responses_total{outcome=\"2xx\"} 1"));
        assert!(text.contains("\nantiphon_deliveries_due 3\n") && text.ends_with("# EOF\n"));
    }
}
