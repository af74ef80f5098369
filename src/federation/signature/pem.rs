//! PEM armour (RFC 7468) around DER, read leniently. Knows nothing of what is inside.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The longest PEM text that is looked at; an RSA-8192 private key has about 6 KiB.
const MAX_LEN: usize = 16 * 1024;

/// Reads the first PEM block: its label and its DER bytes. Line breaks may stand anywhere.
pub(super) fn decode(text: &str) -> Option<(&str, Vec<u8>)> {
    if text.len() > MAX_LEN {
        return None;
    }
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once("-----END ")?;
    let compact: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    Some((label, STANDARD.decode(compact).ok()?))
}

/// Writes a PEM block with lines of 64 characters and a line break at the end.
pub(super) fn encode(label: &str, der: &[u8]) -> String {
    let mut body = String::new();
    for (index, character) in STANDARD.encode(der).chars().enumerate() {
        if index > 0 && index % 64 == 0 {
            body.push('\n');
        }
        body.push(character);
    }
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pem_survives_the_round_trip() {
        let der: Vec<u8> = (0..=255).collect();
        let text = encode("PUBLIC KEY", &der);
        assert!(text.lines().all(|line| line.len() <= 64));
        assert_eq!(decode(&text), Some(("PUBLIC KEY", der)));
    }

    #[test]
    fn text_without_armour_is_no_pem() {
        assert_eq!(decode("MCowBQYDK2Vw"), None);
        assert_eq!(
            decode("-----BEGIN PUBLIC KEY-----\n%%\n-----END PUBLIC KEY-----"),
            None
        );
        assert_eq!(decode(&"-----BEGIN ".repeat(5000)), None);
    }
}
