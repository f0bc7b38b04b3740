//! The file that the library writes the workbook to. The library goes on writing when it clears up behind a fault, and says
//! on standard error in its own words that it cannot: behind a fault it is not let at the file any more.

use std::io::{self, Write};

/// The file, until something goes wrong with it.
pub(super) struct Output<'w> {
    out: &'w mut (dyn Write + Send),
    fault: Option<io::Error>,
}

impl<'w> Output<'w> {
    pub(super) fn new(out: &'w mut (dyn Write + Send)) -> Self {
        Self { out, fault: None }
    }

    /// What went wrong first. A workbook behind which something is told here is not whole, whatever the library says.
    pub(super) fn into_fault(self) -> Option<io::Error> {
        self.fault
    }

    /// Hands the first fault on as well as keeping it.
    fn kept<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        done.map_err(|error| {
            let told = io::Error::new(error.kind(), error.to_string());
            // One that only asks for another try is none.
            if error.kind() != io::ErrorKind::Interrupted {
                self.fault = Some(error);
            }
            told
        })
    }
}

impl Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.fault.is_some() {
            return Ok(bytes.len());
        }
        let done = self.out.write(bytes);
        self.kept(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.fault.is_some() {
            return Ok(());
        }
        let done = self.out.flush();
        self.kept(done)
    }
}
