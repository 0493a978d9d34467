package evidence

var input = []Promise{}
