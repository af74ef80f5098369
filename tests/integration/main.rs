//! The one integration binary: what needs the file system, a database or HTTP. Each module is one subject.

mod architecture;
mod support;
