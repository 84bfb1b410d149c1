//! Frames one after the other, or side by side.

use hypostyle_core::Result;
use hypostyle_plan::Plan;

use crate::lazy::LazyFrame;

/// The rows of all frames. With `relaxed`, columns of different types meet in their common type.
pub fn concat(frames: impl IntoIterator<Item = LazyFrame>, relaxed: bool) -> Result<LazyFrame> {
    let inputs = frames.into_iter().map(|f| f.plan()).collect::<Result<Vec<_>>>()?;
    Ok(LazyFrame::from_plan(Plan::union(inputs, relaxed)?.into()))
}

/// The columns of all frames, which must be of the same height.
pub fn concat_horizontal(frames: impl IntoIterator<Item = LazyFrame>) -> Result<LazyFrame> {
    let inputs = frames.into_iter().map(|f| f.plan()).collect::<Result<Vec<_>>>()?;
    Ok(LazyFrame::from_plan(Plan::horizontal(inputs)?.into()))
}
