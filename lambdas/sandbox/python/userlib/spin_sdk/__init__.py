"""The part of the Spin SDK that functions are written against (contract: functions, section 6)."""
