use std::borrow::Cow;

use super::{Raw, context::Context};

/// One stack frame.
///
/// The context around the failing line is read when asked for: [`Frame::pre_context`] and
/// [`Frame::post_context`].
///
/// ```
/// use sentry_hooks::model::Event;
///
/// let event = Event::from_webhook_json(br#"{"exception":{"values":[{"type":"E","stacktrace":
///     {"frames":[{"filename":"shop/stock.py","function":"reserve","lineno":44,"in_app":true,
///     "pre_context":["def reserve(sku):"],"context_line":"    boom()"}]}}]}}"#)?;
/// let frame = event.top_in_app_frame().unwrap();
/// assert_eq!((frame.filename.as_deref(), frame.line), (Some("shop/stock.py"), Some(44)));
/// assert_eq!(frame.pre_context(), ["def reserve(sku):"]);
/// # Ok::<(), sentry_hooks::ParseError>(())
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Frame<'a> {
    /// Path as the SDK reported it, often relative to the program's root.
    pub filename: Option<Cow<'a, str>>,
    /// Absolute path or URL on the machine where it ran.
    pub abs_path: Option<Cow<'a, str>>,
    /// Function name, demangled.
    pub function: Option<Cow<'a, str>>,
    /// Module or class.
    pub module: Option<Cow<'a, str>>,
    /// Package, library or image.
    pub package: Option<Cow<'a, str>>,
    /// Sentry's platform word, where it differs from the event's.
    pub platform: Option<Cow<'a, str>>,
    /// Line, counted from 1.
    pub line: Option<u32>,
    /// Column, counted from 1; many languages have none.
    pub column: Option<u32>,
    /// Whether it is the program's own code. Absent is not `true`: see [`Frame::is_in_app`].
    pub in_app: Option<bool>,
    /// The source line itself.
    pub context_line: Option<Cow<'a, str>>,
    /// Address of the instruction in native code, as written (`0x…`).
    pub instruction_addr: Option<Cow<'a, str>>,
    /// Local variables; free text of the program, perhaps confidential.
    pub vars: Option<Raw<'a>>,
    pub(crate) context: Context<'a>,
}

impl Frame<'_> {
    /// Whether Sentry marked the frame as the program's own code.
    #[must_use]
    pub fn is_in_app(&self) -> bool {
        self.in_app == Some(true)
    }

    /// The lines before [`Frame::context_line`], in file order.
    #[must_use]
    pub fn pre_context(&self) -> Vec<Cow<'_, str>> {
        self.context.before(self.line)
    }

    /// The lines after [`Frame::context_line`], in file order.
    #[must_use]
    pub fn post_context(&self) -> Vec<Cow<'_, str>> {
        self.context.after(self.line)
    }

    /// Detaches the frame from the bytes it was read from.
    #[must_use]
    pub fn into_owned(self) -> Frame<'static> {
        Frame {
            filename: own(self.filename),
            abs_path: own(self.abs_path),
            function: own(self.function),
            module: own(self.module),
            package: own(self.package),
            platform: own(self.platform),
            line: self.line,
            column: self.column,
            in_app: self.in_app,
            context_line: own(self.context_line),
            instruction_addr: own(self.instruction_addr),
            vars: self.vars.map(Raw::into_owned),
            context: self.context.into_owned(),
        }
    }
}

/// Equal when both wire forms say the same; variables do not take part.
impl PartialEq for Frame<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.filename == other.filename
            && self.abs_path == other.abs_path
            && self.function == other.function
            && self.module == other.module
            && self.package == other.package
            && self.platform == other.platform
            && self.line == other.line
            && self.column == other.column
            && self.is_in_app() == other.is_in_app()
            && self.context_line == other.context_line
            && self.instruction_addr == other.instruction_addr
            && self.pre_context() == other.pre_context()
            && self.post_context() == other.post_context()
    }
}

impl Eq for Frame<'_> {}

pub(super) fn own(text: Option<Cow<'_, str>>) -> Option<Cow<'static, str>> {
    text.map(|t| Cow::Owned(t.into_owned()))
}
