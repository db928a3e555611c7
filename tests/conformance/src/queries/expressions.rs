//! EXPR of the grammar.

use orm::query::Func;
use orm::sql::Name;
use orm::{Code, Error, Expr, Value as Cell, case, func, window};
use serde_json::Value;

use super::build::{Builder, directed, ends};
use super::databases::{list, text};
use super::scope::{Built, Scope};
use crate::player::value;

impl Builder<'_> {
    /// An expression.
    pub(super) fn expr(&mut self, expr: &Value, scope: &Scope) -> Built<Expr<Cell>> {
        let Some(object) = expr.as_object() else { return Err(unknown(expr).into()) };
        if let Some(path) = expr["col"].as_str() {
            return Ok(scope.column(path)?);
        }
        if let Some(constant) = object.get("value") {
            return Ok(orm::literal(value(constant)));
        }
        if object.contains_key("over") {
            return self.over(expr, scope);
        }
        if object.contains_key("fn") {
            return self.function(expr, scope);
        }
        if let Some(op) = expr["op"].as_str() {
            return self.operation(op, expr, scope);
        }
        if object.contains_key("case") {
            return self.case(expr, scope);
        }
        if let Some(inner) = object.get("cast") {
            let inner = self.expr(inner, scope)?;
            return Ok(match text(&expr["to"]) {
                "integer" => inner.cast::<i64>().untyped(),
                "real" => inner.cast::<f64>().untyped(),
                _ => inner.cast::<String>().untyped(),
            });
        }
        match object.get("scalar") {
            Some(query) => Ok(self.select(query, scope)?.0.scalar()),
            None => Err(unknown(expr).into()),
        }
    }

    fn exprs(&mut self, exprs: &Value, scope: &Scope) -> Built<Vec<Expr<Cell>>> {
        list(exprs).iter().map(|expr| self.expr(expr, scope)).collect()
    }

    fn function(&mut self, expr: &Value, scope: &Scope) -> Built<Expr<Cell>> {
        let args = self.exprs(&expr["args"], scope)?;
        if expr["fn"] == "concat" {
            let mut args = args.into_iter();
            let first = args.next().ok_or_else(|| unknown(expr))?;
            return Ok(args.fold(first, |all, next| all.concat(next)));
        }
        Ok(self.called(expr, args, scope)?.into())
    }

    /// A function with its `DISTINCT` and `FILTER`.
    fn called(&mut self, expr: &Value, args: Vec<Expr<Cell>>, scope: &Scope) -> Built<Expr<Cell, Func>> {
        let mut call = func::custom::<Cell>(Name::made(text(&expr["fn"])), args);
        if expr["distinct"] == true {
            call = call.distinct();
        }
        if let Some(condition) = expr.get("filter") {
            call = call.filter(self.cond(condition, scope)?);
        }
        Ok(call)
    }

    fn operation(&mut self, op: &str, expr: &Value, scope: &Scope) -> Built<Expr<Cell>> {
        let mut args = self.exprs(&expr["args"], scope)?.into_iter();
        let (Some(a), Some(b)) = (args.next(), args.next()) else { return Err(unknown(expr).into()) };
        Ok(match op {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "%" => a % b,
            "//" => a / b,
            // SQL divides integers without a fraction.
            "/" => a / (b + Cell::Real(0.0)),
            _ => return Err(unknown(expr).into()),
        })
    }

    fn case(&mut self, expr: &Value, scope: &Scope) -> Built<Expr<Cell>> {
        let mut branches = None;
        for branch in list(&expr["case"]) {
            let [condition, value] = list(branch) else { return Err(unknown(expr).into()) };
            let (condition, value) = (self.cond(condition, scope)?, self.expr(value, scope)?);
            branches = Some(match branches {
                None => case().when(condition, value),
                Some(before) => orm::query::Branches::<Cell>::when(before, condition, value),
            });
        }
        let branches = branches.ok_or_else(|| unknown(expr))?;
        match expr.get("else") {
            Some(other) => Ok(branches.otherwise(self.expr(other, scope)?)),
            None => Ok(branches.end().untyped()),
        }
    }

    fn over(&mut self, expr: &Value, scope: &Scope) -> Built<Expr<Cell>> {
        let function = &expr["over"];
        let args = self.exprs(&function["args"], scope)?;
        let call = self.called(function, args, scope)?;
        let mut over = window().partition_by(self.exprs(&expr["partition_by"], scope)?);
        for term in list(&expr["order_by"]) {
            over = over.order_by(directed(term, ends(self.expr(&term["expr"], scope)?)));
        }
        if let [low, high] = list(&expr["rows"]) {
            over = over.rows(low.as_i64(), high.as_i64());
        }
        Ok(call.over(over))
    }
}

pub(super) fn unknown(part: &Value) -> Error {
    Error::new(Code::Internal, format!("not in the grammar: {part}"))
}
