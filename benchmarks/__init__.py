"""How good the machine is: On Record on news marked by hand, beside other tools. `README.md` here says what every figure means."""
