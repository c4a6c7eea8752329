"""The parts that know no Jupyter, no IPython and no kfp."""
