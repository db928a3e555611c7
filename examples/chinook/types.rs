//! Column types of this program's own: exact amounts of money, and points in time.

use std::fmt;
use std::iter::Sum;
use std::ops::Mul;

use orm::query::Number;
use orm::{ColumnType, SqlType, Value, ValueError, ValueRef};

/// An amount in cents, exact. The file holds `NUMERIC(10,2)`, which SQLite stores as a real number, or as an
/// integer where the amount is whole.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(i64);

/// Reals are exact to the cent up to here.
const LARGEST: i64 = 1 << 46;

impl Money {
    /// An amount of that many cents.
    pub const fn cents(cents: i64) -> Self {
        Money(cents)
    }
}

impl ColumnType for Money {
    const SQL_TYPE: SqlType = SqlType::Double;
    const NAME: &'static str = "Money";

    fn check(&self) -> Result<(), ValueError> {
        if self.0.unsigned_abs() > LARGEST.unsigned_abs() {
            Err(ValueError::new(format!("{self} is too much")))
        } else {
            Ok(())
        }
    }

    fn to_value(&self) -> Value {
        Value::Real(self.0 as f64 / 100.0)
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        let real = match value {
            ValueRef::Int(whole) => whole as f64,
            ValueRef::Real(real) => real,
            other => return Err(ValueError::mismatch("an amount of money", other)),
        };
        let cents = (real * 100.0).round();
        // Written so that what is no number at all is refused too.
        if !(cents.abs() <= LARGEST as f64 && (real * 100.0 - cents).abs() < 0.001) {
            return Err(ValueError::new(format!("{real} is no amount in whole cents")));
        }
        Ok(Money(cents as i64))
    }
}

/// Amounts can be added up and compared by the database.
impl Number for Money {
    type Sum = Money;
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        f.pad(&format!("{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100))
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Money {
        Money(amounts.map(|amount| amount.0).sum())
    }
}

impl Mul<i64> for Money {
    type Output = Money;

    fn mul(self, times: i64) -> Money {
        Money(self.0 * times)
    }
}

/// A date with a time of day, which the file holds as text: `2021-01-01 00:00:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp {
    /// The year, in four digits.
    pub year: u16,
    /// The month, from 1.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
    /// Seconds since midnight.
    pub second: u32,
}

impl Timestamp {
    /// Midnight of a day.
    pub const fn date(year: u16, month: u8, day: u8) -> Self {
        Timestamp { year, month, day, second: 0 }
    }

    fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.split_once(' ')?;
        let mut date = date.splitn(3, '-');
        let mut time = time.splitn(3, ':');
        let parsed = Timestamp {
            year: date.next()?.parse().ok()?,
            month: date.next()?.parse().ok()?,
            day: date.next()?.parse().ok()?,
            second: {
                let mut unit = |below: u32| time.next()?.parse().ok().filter(|number: &u32| *number < below);
                unit(24)? * 3600 + unit(60)? * 60 + unit(60)?
            },
        };
        // Only the one spelling sorts as text does.
        (parsed.check().is_ok() && parsed.to_string() == text).then_some(parsed)
    }

    fn days(self) -> u8 {
        match self.month {
            2 if self.year.is_multiple_of(4)
                && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400)) =>
            {
                29
            }
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }
}

impl Default for Timestamp {
    fn default() -> Self {
        Timestamp::date(1970, 1, 1)
    }
}

impl ColumnType for Timestamp {
    const SQL_TYPE: SqlType = SqlType::Text;
    const NAME: &'static str = "Timestamp";

    fn check(&self) -> Result<(), ValueError> {
        let valid = self.year <= 9999
            && (1..=12).contains(&self.month)
            && (1..=self.days()).contains(&self.day)
            && self.second < 86_400;
        if valid { Ok(()) } else { Err(ValueError::new(format!("there is no {self}"))) }
    }

    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        match value {
            ValueRef::Text(text) => {
                Timestamp::parse(text).ok_or_else(|| ValueError::new(format!("not a point in time: {value}")))
            }
            other => Err(ValueError::mismatch("a point in time", other)),
        }
    }
}

impl fmt::Display for Timestamp {
    /// As it is stored; `{:#}` leaves the time of day out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)?;
        if f.alternate() {
            return Ok(());
        }
        write!(f, " {:02}:{:02}:{:02}", self.second / 3600, self.second / 60 % 60, self.second % 60)
    }
}
