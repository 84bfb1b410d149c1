//! Frames, series and values as text.
