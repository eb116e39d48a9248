//! What several bodies need.

pub(crate) mod frame;
pub(crate) mod held;
pub(crate) mod limits;
pub(crate) mod mend;
pub(crate) mod walked;
