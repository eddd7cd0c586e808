-- When two equal readings first closed a slice. What was closed once stays under the guard of closed days, whatever became of it since.
ALTER TABLE ventas_tramos
  ADD COLUMN cerrado timestamptz,
  ADD CHECK (estado <> 'cerrado' OR cerrado IS NOT NULL);
