//! What a query means: logical plan, builder, optimizer and the DataSource trait
