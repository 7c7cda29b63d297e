//! One process at a time.

use std::fs::File;
use std::path::Path;

use crate::StoreFileError;
use crate::safe;

/// Holds a file for this process; the system lets go of it when the process ends, however it does.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    pub(crate) fn take(path: &Path) -> Result<Self, StoreFileError> {
        let mut options = safe::options();
        options.write(true).create(true).truncate(false);
        #[cfg(windows)]
        std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 0);
        let file = options.open(path).map_err(|error| {
            // Windows' word for a file that somebody has open alone.
            let sharing_violation = cfg!(windows) && error.raw_os_error() == Some(32);
            if sharing_violation {
                StoreFileError::locked(path)
            } else {
                StoreFileError::io(path)(error)
            }
        })?;
        #[cfg(unix)]
        {
            use rustix::fs::{FlockOperation, flock};
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {}
                Err(rustix::io::Errno::WOULDBLOCK) => return Err(StoreFileError::locked(path)),
                Err(error) => return Err(StoreFileError::io(path)(error.into())),
            }
        }
        Ok(Self { _file: file })
    }
}
