//! Whether a site's own colours can be read (WCAG 2.2, 1.4.3): every kind of text on the paper and on boxes, light and dark.

use std::collections::BTreeMap;

use super::{TOKENS, refused, sheet};
use crate::config::look::{Colour, Look};
use crate::error::Result;

/// What text needs (level AA).
const ENOUGH: f64 = 4.5;

/// Fails when a kind of text would be hard to read.
pub(super) fn check(look: &Look) -> Result<()> {
    if look.colours.is_empty() && look.dark_colours.is_empty() {
        return Ok(());
    }
    for (dark, key, own) in [
        (false, "colours", &look.colours),
        (true, "dark_colours", &look.dark_colours),
    ] {
        let colour = |token| value(look, own, token, dark);
        for behind in [Colour::Paper, Colour::Raised] {
            for text in [Colour::Ink, Colour::Soft, Colour::Accent, Colour::Link] {
                let (front, back) = (colour(text), colour(behind));
                let ratio = contrast(&front, &back);
                if ratio < ENOUGH {
                    let (text, behind) = (text.key(), behind.key());
                    let why = format!(
                        "{text} {front} on {behind} {back} has a contrast of {ratio:.1}; text needs {ENOUGH}"
                    );
                    return Err(refused(key, why));
                }
            }
        }
    }
    Ok(())
}

/// A token's value: the site's own, else the look's, else the default's.
fn value(look: &Look, own: &BTreeMap<Colour, String>, token: Colour, dark: bool) -> String {
    own.get(&token)
        .cloned()
        .or_else(|| token_value(sheet::tokens(look.name), token.token(), dark))
        .or_else(|| token_value(TOKENS, token.token(), dark))
        .unwrap_or_default()
}

/// Reads `--token: light-dark(#aaa, #bbb);` of a list of tokens.
pub(super) fn token_value(css: &str, token: &str, dark: bool) -> Option<String> {
    let rest = css.split(&format!("{token}: light-dark(")).nth(1)?;
    let (light, night) = rest.split_once(')')?.0.split_once(',')?;
    Some(if dark { night } else { light }.trim().to_owned())
}

/// How much two colours differ, from 1 to 21.
pub(super) fn contrast(one: &str, other: &str) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// How bright `#rgb` or `#rrggbb` is, from 0 to 1.
fn luminance(colour: &str) -> f64 {
    let digits: Vec<u32> = colour.chars().filter_map(|c| c.to_digit(16)).collect();
    let channels: Vec<f64> = match digits.as_slice() {
        [r, g, b] => [r * 17, g * 17, b * 17].map(linear).to_vec(),
        digits => digits
            .chunks_exact(2)
            .map(|pair| linear(pair.iter().fold(0, |sum, digit| sum * 16 + digit)))
            .collect(),
    };
    let weights = [0.2126, 0.7152, 0.0722];
    channels.iter().zip(weights).map(|(c, w)| c * w).sum()
}

fn linear(channel: u32) -> f64 {
    let part = f64::from(channel) / 255.0;
    if part <= 0.04045 {
        part / 12.92
    } else {
        ((part + 0.055) / 1.055).powf(2.4)
    }
}
