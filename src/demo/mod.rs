//! placeholder
use crate::error::Result;
/// x
pub async fn run() -> Result<()> {
    Ok(())
}
