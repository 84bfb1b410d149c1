//! Expressions over groups of rows that lie side by side, all groups at once.
//!
//! What works row by row runs over all rows; an aggregate updates one state with the group of every row; a
//! function of whole columns is told where the groups start. Nothing here costs an allocation per group.

use hypostyle_core::{Batch, Column, Result};
use hypostyle_kernels::cast::cast;
use hypostyle_kernels::gather::gather;
use hypostyle_kernels::select::{broadcast, select};

use crate::aggregates::Ids;
use crate::binary;
use crate::bound::{BoundExpr, Evaluated, Extent, Node};

/// What an expression has a value for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Per {
    /// One value for all groups.
    All,
    /// One value a group.
    Group,
    /// One value a row.
    Row,
}

/// What the expression has a value for, if it can be evaluated for all groups at once.
#[recursive::recursive]
pub(crate) fn shape(expr: &BoundExpr) -> Option<Per> {
    let widest =
        |args: &[BoundExpr]| args.iter().map(shape).try_fold(Per::All, |widest, per| Some(widest.max(per?)));
    match &expr.node {
        Node::Column(_) => Some(Per::Row),
        Node::Literal(_) => (expr.extent == Extent::Scalar).then_some(Per::All),
        Node::Cast { input, .. } => shape(input),
        Node::Binary { left, right, .. } => Some(shape(left)?.max(shape(right)?)),
        Node::When { predicate, then, otherwise } => {
            Some(shape(predicate)?.max(shape(then)?).max(shape(otherwise)?))
        }
        Node::Function { function, args } if function.extent() == Extent::Row => {
            // Without arguments a function is of the rows of a batch, and a group is no batch here.
            if args.is_empty() { None } else { widest(args) }
        }
        Node::Function { function, args } => {
            let rows = function.is_segmented() && widest(args)? == Per::Row;
            (rows && shape(args.first()?)? == Per::Row).then_some(Per::Row)
        }
        Node::Aggregate(node) => widest(&node.args).map(|_| Per::Group),
        Node::Len => Some(Per::Group),
        Node::Over(_) | Node::Filter { .. } => None,
    }
}

/// A batch whose rows are sorted by group.
#[derive(Debug)]
pub(crate) struct Segments<'a> {
    pub(crate) batch: &'a Batch,
    /// Where each group starts, and the end.
    pub(crate) starts: &'a [u32],
    /// The group of every row.
    pub(crate) ids: &'a [u32],
}

impl Segments<'_> {
    fn groups(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    fn len_of(&self, per: Per) -> usize {
        match per {
            Per::All => 1,
            Per::Group => self.groups(),
            Per::Row => self.batch.len(),
        }
    }

    /// The values, and what each is for. Only for expressions that have a [`shape`].
    #[recursive::recursive]
    pub(crate) fn evaluate(&self, expr: &BoundExpr) -> Result<(Column, Per)> {
        Ok(match &expr.node {
            Node::Column(i) => (self.batch.column(*i).clone(), Per::Row),
            Node::Literal(column) => (column.clone(), Per::All),
            Node::Cast { input, mode } => {
                let (column, per) = self.evaluate(input)?;
                (cast(&column, &expr.dtype, *mode)?, per)
            }
            Node::Binary { left, right, plan } => {
                let ([left, right], per) = self.aligned([left, right])?;
                (binary::evaluate(plan, &left, &right)?, per)
            }
            Node::When { predicate, then, otherwise } => {
                let ([mask, then, otherwise], per) = self.aligned([predicate, then, otherwise])?;
                let mask = broadcast(&mask, self.len_of(per))?;
                (select(&mask.expect_boolean()?.truthy(), &then, &otherwise)?, per)
            }
            Node::Function { function, args } => {
                let (args, per) = self.arguments(args)?;
                let len = self.len_of(per);
                let result = if function.extent() == Extent::Row {
                    function.evaluate(&args, &expr.dtype, len)?
                } else {
                    function.evaluate_segments(&args, &expr.dtype, len, self.starts)?
                };
                (result, per)
            }
            Node::Aggregate(node) => {
                let mut state = node.aggregate.state(&node.dtypes(), &node.output, &node.constants())?;
                state.resize(self.groups());
                let parts = node.args.iter().map(|arg| self.evaluate(arg)).collect::<Result<Vec<_>>>()?;
                if parts.iter().all(|(_, per)| *per != Per::Row) && !parts.is_empty() {
                    // One value a group: it is not there once for every row.
                    let groups = self.groups();
                    let ids: Vec<u32> = (0..groups as u32).collect();
                    let args: Vec<Column> = parts.into_iter().map(|(column, _)| column).collect();
                    state.update(&args, Ids::Each(&ids), groups)?;
                    return Ok((state.finish()?, Per::Group));
                }
                let args = parts
                    .into_iter()
                    .map(|(column, per)| match per {
                        Per::Group => gather(&column, self.ids),
                        _ => Ok(column),
                    })
                    .collect::<Result<Vec<_>>>()?;
                state.update(&args, Ids::Each(self.ids), self.batch.len())?;
                (state.finish()?, Per::Group)
            }
            Node::Len => {
                let lengths = self.starts.windows(2).map(|bounds| bounds[1] - bounds[0]);
                (Column::from_vec(lengths.collect::<Vec<u32>>()), Per::Group)
            }
            Node::Over(_) | Node::Filter { .. } => {
                return Err(hypostyle_core::Error::internal("a window in a window has no shape"));
            }
        })
    }

    /// Several expressions, those with a value a group repeated where another has one a row.
    fn aligned<const N: usize>(&self, exprs: [&BoundExpr; N]) -> Result<([Column; N], Per)> {
        let mut columns = exprs.map(|expr| Column::empty(expr.dtype.clone()));
        let mut pers = [Per::All; N];
        for ((column, per), expr) in columns.iter_mut().zip(&mut pers).zip(exprs) {
            (*column, *per) = self.evaluate(expr)?;
        }
        let widest = pers.into_iter().max().unwrap_or(Per::All);
        for (column, per) in columns.iter_mut().zip(pers) {
            *column = self.widen(column, per, widest)?;
        }
        Ok((columns, widest))
    }

    fn arguments(&self, args: &[BoundExpr]) -> Result<(Vec<Evaluated>, Per)> {
        let parts = args.iter().map(|arg| self.evaluate(arg)).collect::<Result<Vec<_>>>()?;
        let widest = parts.iter().map(|(_, per)| *per).max().unwrap_or(Per::All);
        let args = parts
            .iter()
            .map(|(column, per)| {
                Ok(Evaluated { column: self.widen(column, *per, widest)?, scalar: *per == Per::All })
            })
            .collect::<Result<_>>()?;
        Ok((args, widest))
    }

    fn widen(&self, column: &Column, from: Per, to: Per) -> Result<Column> {
        if from == Per::Group && to == Per::Row { gather(column, self.ids) } else { Ok(column.clone()) }
    }
}
