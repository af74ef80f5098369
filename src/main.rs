//! The binary: parses the command line, starts tracing, hands over to `cli`.

fn main() {}
