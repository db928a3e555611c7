//! COND of the grammar.

use orm::{AnyObj, Code, Error, Expr, exists};
use serde_json::Value;

use super::build::Builder;
use super::databases::{list, text};
use super::expressions::unknown;
use super::scope::{Built, Named, Scope, split};
use crate::player::value;

impl Builder<'_> {
    /// A condition.
    pub(super) fn cond(&mut self, cond: &Value, scope: &Scope) -> Built<Expr<bool>> {
        let Some(object) = cond.as_object() else { return Err(unknown(cond).into()) };
        let negate = cond["negate"] == true;
        let turned = |condition: Expr<bool>| if negate { condition.not() } else { condition };
        if object.contains_key("and") {
            return self.all(list(&cond["and"]), scope);
        }
        if object.contains_key("or") {
            let any = list(&cond["or"]).iter().map(|one| self.cond(one, scope)).collect::<Built<Vec<_>>>()?;
            return Ok(orm::any_of(any));
        }
        if let Some(inner) = object.get("not") {
            return Ok(self.cond(inner, scope)?.not());
        }
        if let Some(op) = cond["cmp"].as_str() {
            return self.comparison(op, list(&cond["args"]), scope);
        }
        if let Some(of) = object.get("like") {
            let (of, pattern) = (self.expr(of, scope)?, text(&cond["pattern"]));
            return Ok(if negate { of.not_like(pattern) } else { of.like(pattern) });
        }
        if let Some(of) = object.get("starts_with") {
            return Ok(self.expr(of, scope)?.starts_with(text(&cond["text"])));
        }
        if let Some(of) = object.get("ends_with") {
            return Ok(self.expr(of, scope)?.ends_with(text(&cond["text"])));
        }
        if let Some(of) = object.get("contains_text") {
            return Ok(self.expr(of, scope)?.contains(text(&cond["text"])));
        }
        if let Some(of) = object.get("between") {
            let of = self.expr(of, scope)?;
            let (low, high) = (self.expr(&cond["low"], scope)?, self.expr(&cond["high"], scope)?);
            return Ok(turned(of.between(low, high)));
        }
        if let Some(of) = object.get("is_null") {
            let of = self.expr(of, scope)?;
            return Ok(if negate { of.is_not_null() } else { of.is_null() });
        }
        if let Some(of) = object.get("in") {
            let of = self.expr(of, scope)?;
            return Ok(match object.get("query") {
                Some(query) => {
                    let query = self.select(query, scope)?.0;
                    if negate { of.not_in(query) } else { of.in_(query) }
                }
                None => {
                    let values: Vec<orm::Value> = list(&cond["values"]).iter().map(value).collect();
                    if negate { of.not_in(values) } else { of.in_(values) }
                }
            });
        }
        if let Some(query) = object.get("exists") {
            return Ok(turned(exists(self.select(query, scope)?.0)));
        }
        self.related(cond, negate, scope)
    }

    fn comparison(&mut self, op: &str, args: &[Value], scope: &Scope) -> Built<Expr<bool>> {
        let [a, b] = args else { return Err(unknown(&Value::from(args)).into()) };
        let a = self.expr(a, scope)?;
        // A constant is compared as one, so that `NULL` is asked for by `IS`.
        if let Some(constant) = b.get("value") {
            return compared(a, op, value(constant));
        }
        let b = self.expr(b, scope)?;
        compared(a, op, b)
    }

    /// What is asked of relationships.
    fn related(&mut self, cond: &Value, negate: bool, scope: &Scope) -> Built<Expr<bool>> {
        let turned = |condition: Expr<bool>| if negate { condition.not() } else { condition };
        if let Some(path) = cond["any"].as_str().or_else(|| cond["has"].as_str()) {
            let mut relationship = scope.relationship(path)?;
            let mut inside = scope.clone();
            if let Some(name) = cond["to"].as_str() {
                let alias = relationship.target().aliased();
                relationship = relationship.to(&alias)?;
                inside.declare(name, Named::Entity(alias));
            }
            let condition = cond.get("where").map(|inner| self.cond(inner, &inside)).transpose()?;
            let is_any = cond["any"].is_string();
            return Ok(turned(if is_any {
                relationship.any(condition)
            } else {
                relationship.has(condition)
            }));
        }
        if let Some(path) = cond["contains"].as_str() {
            let relationship = scope.relationship(path)?;
            let object = self.object(relationship.target(), &cond["key"])?;
            return Ok(turned(relationship.contains(&object)));
        }
        if let Some(path) = cond["is_object"].as_str() {
            let relationship = scope.relationship(path)?;
            if cond["key"].is_null() {
                return Ok(if negate { relationship.is_some() } else { relationship.is_none() });
            }
            let object = self.object(relationship.target(), &cond["key"])?;
            return Ok(if negate { relationship.is_not(&object) } else { relationship.is(&object) });
        }
        if let Some(path) = cond["with_parent"].as_str() {
            let (class, attribute) = split(path)?;
            let mapper = self.mapping.by_name(class)?;
            let mut relationship = mapper.relationship(attribute)?;
            let parent = self.object(mapper, &cond["key"])?;
            if let Some(alias) = cond["of"].as_str() {
                relationship = relationship.to(&scope.entity(alias)?)?;
            }
            return Ok(relationship.of_parent(&parent));
        }
        Err(unknown(cond).into())
    }

    /// The object of a key, which stays in the session.
    pub(super) fn object(&mut self, mapper: &'static orm::Mapper, key: &Value) -> Built<AnyObj> {
        let key: Vec<orm::Value> = list(key).iter().map(value).collect();
        let Some(object) = self.session.get_any(mapper, &key)? else {
            return Err(Error::new(Code::Internal, format!("no {} {key:?}", mapper.class())).into());
        };
        self.held.push(object.clone());
        Ok(object)
    }
}

fn compared<O: orm::query::Operand<orm::Value>>(a: Expr<orm::Value>, op: &str, b: O) -> Built<Expr<bool>> {
    Ok(match op {
        "=" => a.eq(b),
        "!=" => a.ne(b),
        "<" => a.lt(b),
        "<=" => a.le(b),
        ">" => a.gt(b),
        ">=" => a.ge(b),
        other => return Err(unknown(&Value::from(other)).into()),
    })
}
