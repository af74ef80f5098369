//! Antiphon: a blog whose comment section is the open social web. This file is the map of the crate;
//! `docs/architecture.md` walks through the main journeys.

pub mod api;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod demo;
pub mod domain;
pub mod error;
pub mod federation;
pub mod hosts;
pub mod http;
pub mod kept;
pub mod limits;
pub mod live;
pub mod look;
pub mod metrics;
pub mod pace;
pub mod queue;
pub mod server;
pub mod text;
pub mod types;
pub mod verdicts;
pub mod web;
pub mod worker;
