//! `Error`: one opaque type with a stable code, the class, the attribute, the mend and the source.

mod code;
mod driver;

pub use code::Code;
pub use driver::{Constraint, DriverError, Fault};

use std::error::Error as StdError;
use std::fmt;

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong. [`Error::code`] says which kind, and each code has a section in `docs/errors.md`.
///
/// ```
/// use orm_core::{Code, Error};
/// let error = Error::new(Code::NoResult, "no row matches").about("User", None).help("use `first()`");
/// assert_eq!(error.code(), Code::NoResult);
/// assert_eq!(error.to_string(), "[no-result] `User`: no row matches; help: use `first()`");
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    code: Code,
    class: Option<String>,
    attribute: Option<String>,
    message: String,
    help: Option<String>,
    causes: Vec<Error>,
    driver: Option<DriverError>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of the given kind.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Error(Box::new(Inner {
            code,
            class: None,
            attribute: None,
            message: message.into(),
            help: None,
            causes: Vec::new(),
            driver: None,
            source: None,
        }))
    }

    /// Names the class and the attribute that it is about.
    #[must_use]
    pub fn about(mut self, class: &str, attribute: Option<&str>) -> Self {
        self.0.class = Some(class.to_owned());
        self.0.attribute = attribute.map(str::to_owned);
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Keeps the error that this one comes from.
    #[must_use]
    pub fn caused_by(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// The same with an error whose type isn't known.
    #[must_use]
    pub(crate) fn caused_by_boxed(mut self, source: Box<dyn StdError + Send + Sync>) -> Self {
        self.0.source = Some(source);
        self
    }

    /// An error of several at once, as configuration reports them.
    pub fn several(code: Code, message: impl Into<String>, causes: Vec<Error>) -> Self {
        let mut error = Error::new(code, message);
        error.0.causes = causes;
        error
    }

    /// Which kind of error it is.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The class that it is about.
    pub fn class(&self) -> Option<&str> {
        self.0.class.as_deref()
    }

    /// The attribute that it is about.
    pub fn attribute(&self) -> Option<&str> {
        self.0.attribute.as_deref()
    }

    /// What happened, without the class and the help.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it, where that is known.
    pub fn mend(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// The errors that this one lists; empty unless several were found at once.
    pub fn causes(&self) -> &[Error] {
        &self.0.causes
    }

    /// What the database said, where it did.
    pub fn driver(&self) -> Option<&DriverError> {
        self.0.driver.as_ref()
    }
}

impl From<DriverError> for Error {
    fn from(fault: DriverError) -> Self {
        let mut error = Error::new(fault.code(), fault.message().to_owned());
        error.0.driver = Some(fault);
        error
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        write!(f, "[{}] ", inner.code)?;
        match (&inner.class, &inner.attribute) {
            (Some(class), Some(attribute)) => write!(f, "`{class}.{attribute}`: ")?,
            (Some(class), None) => write!(f, "`{class}`: ")?,
            _ => {}
        }
        f.write_str(&inner.message)?;
        if let Some(help) = &inner.help {
            write!(f, "; help: {help}")?;
        }
        for cause in &inner.causes {
            write!(f, "\n  {cause}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    /// As `Display`: what a failed `unwrap` in a test prints should be readable.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match (&self.0.source, &self.0.driver) {
            (Some(source), _) => Some(&**source),
            (None, Some(driver)) => driver.source(),
            (None, None) => None,
        }
    }
}
