//! What an expression means: names, types and the evaluation of one batch
