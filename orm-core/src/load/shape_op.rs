//! The operators of a query in its shape.

use super::shape::{NoShape, Shape, Written};
use crate::sql::{BinaryOp, Bound, Frame, FrameUnit, Nulls, Op, Order};
use crate::value::SqlType;

impl Shape<'_> {
    pub(super) fn op(&mut self, op: &Op) -> Written {
        match op {
            Op::Compare(compare) => self.both(1, *compare as u8),
            Op::And => self.byte(2),
            Op::Or => self.byte(3),
            Op::Not => self.byte(4),
            Op::IsNull => self.byte(5),
            Op::In => self.byte(6),
            Op::Between => self.byte(7),
            Op::Like(escape) => {
                self.byte(8);
                self.number(escape.map_or(0, |escape| escape as usize));
            }
            Op::Cast(ty) => self.both(9, sql_type(*ty)?),
            Op::Func(name) => self.named_op(10, name),
            Op::Star => self.byte(11),
            Op::Distinct => self.byte(12),
            Op::Tuple => self.byte(13),
            Op::Binary(binary) => self.both(14, binary_op(*binary)),
            Op::Neg => self.byte(15),
            Op::BitNot => self.byte(16),
            Op::Collate(name) => self.named_op(17, name),
            Op::Infix(name) => self.named_op(18, name),
            Op::Sql(sql) => self.named_op(19, sql),
            Op::Case => self.byte(20),
            Op::Filter => self.byte(21),
            Op::Over(frame) => {
                self.byte(22);
                self.byte(u8::from(frame.is_some()));
                if let Some(frame) = frame {
                    self.frame(*frame);
                }
            }
            Op::PartitionBy => self.byte(23),
            Op::Ordered(order) => {
                self.byte(24);
                self.order(*order);
            }
            // What is looked for decides how that is written; the others stand in no query of a user's.
            Op::Has(_) | Op::InList | Op::Foreign | Op::Remote | Op::Within(_) => return Err(NoShape),
        }
        Ok(())
    }

    fn both(&mut self, kind: u8, which: u8) {
        self.byte(kind);
        self.byte(which);
    }

    fn named_op(&mut self, kind: u8, name: &str) {
        self.byte(kind);
        self.text(name);
    }

    pub(super) fn order(&mut self, order: Order) {
        self.byte(u8::from(order.descending));
        self.byte(match order.nulls {
            None => 0,
            Some(Nulls::AtStart) => 1,
            Some(Nulls::AtEnd) => 2,
        });
    }

    fn frame(&mut self, frame: Frame) {
        self.byte(match frame.unit {
            FrameUnit::Rows => 1,
            FrameUnit::Range => 2,
            FrameUnit::Groups => 3,
        });
        for bound in [frame.start, frame.end] {
            let (kind, count) = match bound {
                Bound::Unbounded => (1, 0),
                Bound::Current => (2, 0),
                Bound::Preceding(count) => (3, count),
                Bound::Following(count) => (4, count),
            };
            self.byte(kind);
            self.bytes.extend_from_slice(&count.to_le_bytes());
        }
    }
}

fn sql_type(ty: SqlType) -> Result<u8, NoShape> {
    Ok(match ty {
        SqlType::SmallInt => 1,
        SqlType::Integer => 2,
        SqlType::BigInt => 3,
        SqlType::Real => 4,
        SqlType::Double => 5,
        SqlType::Boolean => 6,
        SqlType::Text => 7,
        SqlType::Blob => 8,
    })
}

fn binary_op(op: BinaryOp) -> u8 {
    match op {
        BinaryOp::Add => 1,
        BinaryOp::Sub => 2,
        BinaryOp::Mul => 3,
        BinaryOp::Div => 4,
        BinaryOp::Rem => 5,
        BinaryOp::Concat => 6,
        BinaryOp::BitAnd => 7,
        BinaryOp::BitOr => 8,
        BinaryOp::ShiftLeft => 9,
        BinaryOp::ShiftRight => 10,
    }
}
