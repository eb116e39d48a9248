//! The report for people.
//!
//! From the top: the inputs, what is damaged, packages and causes, then every image pair with its
//! documents and its layers, and at the end, where the eye lands, the counts and the verdict.
//!
//! Everything printed is a [`super::words::Safe`], which can only be made by escaping or from a
//! literal. So no line can carry a terminal escape out of an archive, whoever adds the next one.

mod causes;
mod damage;
mod detail;
mod entry;
mod header;
mod heading;
mod inside;
mod line;
mod packages;
mod page;
mod section;
mod shorten;
mod stat;
mod style;
mod tally;
#[cfg(test)]
mod tests;
mod tree;
mod verdict;
mod verification;

pub use page::Text;
pub use stat::Stat;
pub(super) use style::Role;
